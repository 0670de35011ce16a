import type { BlobStore } from '../ports/blob-store.js';
import type { MediaBlobs } from './blob-names.js';

/** Removes everything that is kept of a file. */
export const removeBlobs = async (
  blobs: Pick<BlobStore, 'remove'>,
  { content, thumbnail, original }: MediaBlobs,
): Promise<void> => {
  for (const blob of [content, thumbnail, original]) await blobs.remove(blob);
};
