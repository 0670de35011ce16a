import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';

const run = promisify(execFile);

/** A small disk on which a database keeps some of its tables. */
export interface SmallDisk {
  /** Leaves no room on it. */
  fill(): Promise<void>;
  /** Makes room again. */
  empty(): Promise<void>;
  /** Takes it away; the tables that were on it must be gone, or elsewhere. */
  remove(): Promise<void>;
}

/**
 * Mounts a small disk of its own, and has the database keep a table on it. It is undefined where that is not possible: root alone may
 * mount, in Linux, and the server of the database must be on this machine.
 */
export const tableOnSmallDisk = async (
  pool: pg.Pool,
  table: string,
  mebibytes: number,
): Promise<SmallDisk | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), 'chatapp-disk-'));
  const name = `small_${folder.slice(-6).toLowerCase()}`;
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]).then(
    () => true,
    () => false,
  );
  const remove = async () => {
    await pool.query(`drop tablespace if exists ${name}`);
    if (isMounted) await run('umount', [folder]);
    await rm(folder, { recursive: true });
  };
  if (!isMounted) return remove().then(() => undefined);
  const filler = join(folder, 'filler');
  const place = join(folder, 'tables');
  await mkdir(place);
  // The server of a database runs as a user of its own, who alone may have the folder.
  const { rows } = await pool.query<{ pid: number }>(`select pg_backend_pid() as pid`);
  await run('chown', ['--reference', `/proc/${rows[0]?.pid}`, place]);
  await chmod(folder, 0o755);
  await pool.query(`create tablespace ${name} location '${place}'`);
  await pool.query(`alter table ${table} set tablespace ${name}`);
  return {
    fill: async () => {
      const { bavail, bsize } = await statfs(folder);
      await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize)));
    },
    empty: () => rm(filler),
    remove: async () => {
      await pool.query(`alter table ${table} set tablespace pg_default`);
      await remove();
    },
  };
};
