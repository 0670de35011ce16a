import type pg from 'pg';
import { blobsOf } from '../../application/media/blob-names.js';
import type { MediaId, UserId } from '../../domain/kernel/ids.js';
import { blobPath } from '../media/blob-path.js';

const HAS_FILES = `select to_regclass('media.files') is not null as "hasFiles"`;
const FILES = 'select media_id as "mediaId", uploader_id as "ownerId" from media.files';
const SOME = `${FILES} where media_id = any ($1::uuid[])`;

interface FileRow {
  readonly mediaId: MediaId;
  readonly ownerId: UserId;
}

/** A file of a user that there should be. */
export interface NamedFile {
  readonly mediaId: MediaId;
  /** Under `DATA_DIR/media`. */
  readonly path: string;
}

const namedOf = ({ mediaId, ownerId }: FileRow): NamedFile => ({
  mediaId,
  path: blobPath(blobsOf(ownerId, mediaId).content),
});

/** Lists the files that there should be; none where no server has run. */
export const listNamed = async (client: pg.ClientBase): Promise<NamedFile[]> => {
  const { rows } = await client.query<{ hasFiles: boolean }>(HAS_FILES);
  return rows[0]?.hasFiles === true ? (await client.query<FileRow>(FILES)).rows.map(namedOf) : [];
};

/** Answers those of them that there should still be. */
export const findNamed = async (pool: pg.Pool, files: readonly NamedFile[]): Promise<NamedFile[]> =>
  (await pool.query<FileRow>(SOME, [files.map(({ mediaId }) => mediaId)])).rows.map(namedOf);
