import type pg from 'pg';
import type { Config } from '../config.js';
import { ok, warning, type Check } from './outcome.js';

const MEBIBYTE = 1_048_576;
/** Files whose time has been over for so long should be gone, where a server runs. */
const LATE_SECONDS = 3_600;

const COUNT = `
  select count(*)::integer as files, coalesce(sum(size), 0)::float8 as bytes,
         (count(*) filter (where not is_attached and uploaded_at < now() - make_interval(secs => $1)))::integer as late
    from media.files`;

/** Checks that files which nobody has sent are removed. */
export const checkMedia =
  (pool: pg.Pool, { MEDIA_KEEP_UNATTACHED }: Config): Check =>
  async () => {
    const { rows } = await pool.query<{ files: number; bytes: number; late: number }>(COUNT, [
      MEDIA_KEEP_UNATTACHED + LATE_SECONDS,
    ]);
    const { files = 0, bytes = 0, late = 0 } = rows[0] ?? {};
    const detail = `${files} files of ${Math.ceil(bytes / MEBIBYTE)} MiB`;
    return late === 0
      ? ok(detail)
      : warning(`${detail}, ${late} of which were never sent and should be gone`, 'is a server running? see its log');
  };
