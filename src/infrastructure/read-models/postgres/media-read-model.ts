import type { MediaWriters } from '../../../application/projections/registry.js';
import type { ReadModel } from '../../projections/postgres/read-model.js';
import { MEDIA_TABLES } from './media.sql.js';
import { MediaBatch } from './media-batch.js';
import { recentMedia } from './recent-media.js';

/** Uploaded files in PostgreSQL. */
export const mediaReadModel: ReadModel<MediaWriters> = {
  tables: MEDIA_TABLES,
  recent: recentMedia,
  open: () => {
    const batch = new MediaBatch();
    return { writers: batch.writers, batch: [batch] };
  },
};
