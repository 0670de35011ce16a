import type { MediaViews } from '../../../application/ports/media-views.js';
import { mediaRows, type MediaTables } from '../../../application/projections/media.js';
import type { MediaWriters } from '../../../application/projections/registry.js';
import type { MemoryReadModel } from '../../projections/memory/memory-read-model.js';

/** Uploaded files in memory. */
export const mediaInMemory: MemoryReadModel<MediaWriters, MediaTables> = {
  create: () => ({ files: new Map() }),
  writersOf: (tables) => ({ media: mediaRows(tables) }),
};

export const mediaViewsInMemory = (tables: () => MediaTables): MediaViews => ({
  find: async (mediaId) => tables().files.get(mediaId),
});
