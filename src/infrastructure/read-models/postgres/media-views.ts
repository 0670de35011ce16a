import type pg from 'pg';
import type { MediaView, MediaViews } from '../../../application/ports/media-views.js';
import type { MediaId } from '../../../domain/kernel/ids.js';
import * as sql from './media.sql.js';

/** Uploaded files in PostgreSQL. */
export const createMediaViews = (pool: pg.Pool): MediaViews => {
  const select = async <Row extends object>(
    query: { readonly name: string; readonly text: string },
    ...values: unknown[]
  ): Promise<Row[]> => (await pool.query<Row>({ ...query, values })).rows;
  const idsOf = (rows: readonly { readonly mediaId: MediaId }[]) => rows.map(({ mediaId }) => mediaId);
  return {
    find: async (mediaId) => (await select<MediaView>(sql.FIND, mediaId))[0],
    known: async (mediaIds) => new Set(idsOf(await select(sql.KNOWN, mediaIds))),
    unattached: async (before, limit, except) => idsOf(await select(sql.UNATTACHED, before, limit, except)),
    uploadedBy: (userId, after, limit) => select<MediaView>(sql.UPLOADED_BY, userId, after, limit),
  };
};
