import type pg from 'pg';
import { blobsOf } from '../../application/media/blob-names.js';
import type { MediaId, UserId } from '../../domain/kernel/ids.js';
import type { Config } from '../config.js';
import type { BlobFiles } from '../media/blob-files.js';
import type { BlobPlaces } from '../media/blob-places.js';
import { blobsToMove } from '../media/move-blob-files.js';
import { ok, warning, type Check } from './outcome.js';

const MEBIBYTE = 1_048_576;
/** Files whose time has been over for so long should be gone, where a server runs. */
const LATE_SECONDS = 3_600;

const COUNT = `
  select count(*)::integer as files, coalesce(sum(size), 0)::float8 as bytes,
         (count(*) filter (where not is_attached and uploaded_at < now() - make_interval(secs => $1)))::integer as late
    from media.files`;

const NEWEST = `select media_id as "mediaId", uploader_id as "ownerId" from media.files order by media_id desc limit 20`;

/** Answers how many of the newest files are not where they should be. */
const missingOf = async (pool: pg.Pool, files: Pick<BlobFiles, 'sizeOf'>): Promise<number> => {
  const { rows } = await pool.query<{ mediaId: MediaId; ownerId: UserId }>(NEWEST);
  const sizes = await Promise.all(rows.map(({ ownerId, mediaId }) => files.sizeOf(blobsOf(ownerId, mediaId).content)));
  return sizes.filter((size) => size === undefined).length;
};

/** Says where files are. */
const placeOf = async (places: BlobPlaces | undefined): Promise<string> => {
  if (!places?.move) return '';
  const left = await blobsToMove(places.move);
  return left === 0 ? ' in MongoDB' : ` in MongoDB, ${left} blobs are still to be moved there from DATA_DIR/media`;
};

/** Checks that files which nobody has sent are removed, and that the newest are where they should be. */
export const checkMedia =
  (pool: pg.Pool, { MEDIA_KEEP_UNATTACHED }: Config, places: BlobPlaces | undefined): Check =>
  async () => {
    const { rows } = await pool.query<{ files: number; bytes: number; late: number }>(COUNT, [
      MEDIA_KEEP_UNATTACHED + LATE_SECONDS,
    ]);
    const { files = 0, bytes = 0, late = 0 } = rows[0] ?? {};
    const detail = `${files} files of ${Math.ceil(bytes / MEBIBYTE)} MiB${await placeOf(places)}`;
    const missing = places ? await missingOf(pool, places.files) : 0;
    if (missing > 0)
      return warning(`${detail}, ${missing} of the newest are not there`, 'was DATA_DIR or MONGODB_URL changed?');
    return late === 0
      ? ok(detail)
      : warning(`${detail}, ${late} of which were never sent and should be gone`, 'is a server running? see its log');
  };
