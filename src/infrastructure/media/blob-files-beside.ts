import type { BlobFiles } from './blob-files.js';

/** Keeps files in one place, and finds them in an older one, too, as long as they have not been moved from there. */
export const blobFilesBeside = (place: BlobFiles, older: BlobFiles): BlobFiles => ({
  begin: (blob) => place.begin(blob),
  sizeOf: async (blob) => (await place.sizeOf(blob)) ?? older.sizeOf(blob),
  read: async function* (blob, offset, sizes) {
    const isMoved = (await place.sizeOf(blob)) !== undefined;
    yield* (isMoved ? place : older).read(blob, offset, sizes);
  },
  remove: async (blob) => {
    await older.remove(blob); // first, so that it is not moved meanwhile
    await place.remove(blob);
  },
  removeAllOf: async (ownerId) => {
    await older.removeAllOf(ownerId);
    await place.removeAllOf(ownerId);
  },
  list: async function* (unchangedSince) {
    yield* older.list(unchangedSince);
    yield* place.list(unchangedSince);
  },
  removeDrafts: async (unchangedSince) => {
    await older.removeDrafts(unchangedSince);
    await place.removeDrafts(unchangedSince);
  },
});
