import type pg from 'pg';
import type { MediaView, MediaViews } from '../../../application/ports/media-views.js';
import { FIND } from './media.sql.js';

/** Uploaded files in PostgreSQL. */
export const createMediaViews = (pool: pg.Pool): MediaViews => ({
  find: async (mediaId) => (await pool.query<MediaView>({ ...FIND, values: [mediaId] })).rows[0],
});
