import type { Transact } from '../kernel/transact.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { MediaViews } from '../ports/media-views.js';
import { getMedia } from './get-media.js';
import { uploadMedia } from './upload-media.js';

export interface MediaPorts {
  readonly transact: Transact;
  readonly blobs: BlobStore;
  readonly identifiers: Identifiers;
  readonly views: MediaViews;
}

/** Uploaded files. */
export const mediaUseCases = ({ transact, blobs, identifiers, views }: MediaPorts) => ({
  uploadMedia: uploadMedia(transact, blobs, identifiers),
  getMedia: getMedia(views, blobs),
});

export type MediaUseCases = ReturnType<typeof mediaUseCases>;
