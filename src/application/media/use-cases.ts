import type { Transact } from '../kernel/transact.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { Images } from '../ports/images.js';
import type { MediaViews } from '../ports/media-views.js';
import { getMedia, getThumbnail } from './get-media.js';
import { keepFile } from './keep-file.js';
import { uploadMedia } from './upload-media.js';

export interface MediaPorts {
  readonly transact: Transact;
  readonly blobs: BlobStore;
  readonly images: Images;
  readonly identifiers: Identifiers;
  readonly views: MediaViews;
}

/** Uploaded files. */
export const mediaUseCases = ({ transact, blobs, images, identifiers, views }: MediaPorts) => ({
  uploadMedia: uploadMedia(transact, keepFile(blobs, images), blobs, identifiers),
  getMedia: getMedia(views, blobs),
  getThumbnail: getThumbnail(views, blobs),
});

export type MediaUseCases = ReturnType<typeof mediaUseCases>;
