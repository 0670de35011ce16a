import type { MediaViews } from '../../../application/ports/media-views.js';
import { mediaRows, type MediaTables } from '../../../application/projections/media.js';
import type { MediaWriters } from '../../../application/projections/registry.js';
import type { MemoryReadModel } from '../../projections/memory/memory-read-model.js';

/** Uploaded files in memory. */
export const mediaInMemory: MemoryReadModel<MediaWriters, MediaTables> = {
  create: () => ({ files: new Map(), attached: new Map() }),
  writersOf: (tables) => ({ media: mediaRows(tables) }),
};

export const mediaViewsInMemory = (tables: () => MediaTables): MediaViews => ({
  find: async (mediaId) => tables().files.get(mediaId),
  known: async (mediaIds) => new Set(mediaIds.filter((mediaId) => tables().files.has(mediaId))),
  unattached: async (before, limit, except) =>
    [...tables().files.values()]
      .filter(({ mediaId, uploadedAt }) => uploadedAt < before && !tables().attached.has(mediaId))
      .filter(({ mediaId }) => !except.includes(mediaId))
      .sort((one, other) => (one.uploadedAt < other.uploadedAt ? -1 : 1))
      .slice(0, limit)
      .map(({ mediaId }) => mediaId),
  uploadedBy: async (userId, after, limit) =>
    [...tables().files.values()]
      .filter(({ uploaderId, mediaId }) => uploaderId === userId && mediaId > (after ?? ''))
      .sort((one, other) => (one.mediaId < other.mediaId ? -1 : 1))
      .slice(0, limit),
});
