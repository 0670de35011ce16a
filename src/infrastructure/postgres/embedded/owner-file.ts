import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Cluster } from './running-cluster.js';

type Folder = Pick<Cluster, 'folder'>;

/**
 * Who runs the database, or makes its data, in a file beside the folder. The lock inside PostgreSQL is gone with it when
 * it dies: until the server that ran it has started it again, this file says that the folder is taken. It counts for
 * nothing once that process is gone, however it ended.
 */
const fileOf = ({ folder }: Folder): string => `${folder}.owner`;

/** When a process began, as the system tells it: a pid alone may by now be another's. Empty where it cannot be told. */
const startOf = async (pid: number): Promise<string | undefined> => {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''); // gone
    // Behind the name, which may hold anything: the state, and, 19 fields on, the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  }
  try {
    process.kill(pid, 0);
    if (process.platform === 'win32') return '';
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined; // gone
  }
};

/** The process and its start, on one line; nobody where it was cut off: its writer had the lock, which is asked next. */
const read = async (cluster: Folder): Promise<{ pid: number; startedAt: string } | undefined> => {
  const text = await readFile(fileOf(cluster), 'utf8').catch(() => ''); // nobody has it
  const [, pid, startedAt] = /^([1-9]\d*) (.*)\n$/.exec(text) ?? [];
  return pid === undefined || startedAt === undefined ? undefined : { pid: Number(pid), startedAt };
};

/** The folders that this very process runs. */
const own = new Set<string>();

/** Whether a server that lives has the folder, also while its PostgreSQL is not there. */
export const isOwned = async (cluster: Folder): Promise<boolean> => {
  if (own.has(cluster.folder)) return true;
  const owner = await read(cluster);
  // One with our own pid is of the time before: a container's first process always has the same.
  if (!owner || owner.pid === process.pid) return false;
  const startedAt = await startOf(owner.pid);
  return startedAt !== undefined && startedAt === owner.startedAt;
};

/** Says that the folder is ours; only the holder of the lock, or the maker of the folder, may. */
export const ownFolder = async (cluster: Folder): Promise<void> => {
  await writeFile(fileOf(cluster), `${process.pid} ${(await startOf(process.pid)) ?? ''}\n`, { mode: 0o600 });
  own.add(cluster.folder);
};

/** Lets others have it. */
export const disownFolder = async (cluster: Folder): Promise<void> => {
  if (!own.delete(cluster.folder)) return;
  await rm(fileOf(cluster), { force: true });
};
