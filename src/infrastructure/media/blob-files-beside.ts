import type { BlobFiles } from './blob-files.js';

/**
 * Keeps files in one place, and finds them in an older one, too, as long as they have not been moved from there. One may be moved between
 * two questions: so what is not in the older place any more is looked for in the newer one again.
 */
export const blobFilesBeside = (place: BlobFiles, older: BlobFiles): BlobFiles => ({
  begin: (blob) => place.begin(blob),
  sizeOf: async (blob) => (await place.sizeOf(blob)) ?? (await older.sizeOf(blob)) ?? place.sizeOf(blob),
  read: async function* (blob, ...pieces) {
    const isMoved = async () => (await place.sizeOf(blob)) !== undefined;
    if (await isMoved()) {
      yield* place.read(blob, ...pieces);
      return;
    }
    let hasBegun = false;
    try {
      for await (const piece of older.read(blob, ...pieces)) {
        hasBegun = true; // From now on it can be read to its end: the file is open.
        yield piece;
      }
    } catch (error) {
      if (hasBegun || !(await isMoved())) throw error;
      yield* place.read(blob, ...pieces);
    }
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
