import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Cluster } from './running-cluster.js';

type Folder = Pick<Cluster, 'folder'>;

/**
 * The process that runs the database, or makes its data, is named in a file beside the folder. The lock inside PostgreSQL
 * is gone when PostgreSQL dies: until its server has started it again, this file says that the folder is taken. It counts
 * for nothing once that process is gone, however it ended.
 */
const fileOf = ({ folder }: Folder): string => `${folder}.owner`;

/** Answers when a process began, as a pid alone may belong to another one by now. It is empty where the system does not say. */
const startOf = async (pid: number): Promise<string | undefined> => {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''); // the process is gone
    // The name may hold anything. The state follows it, and 19 fields later the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  }
  try {
    process.kill(pid, 0);
    if (process.platform === 'win32') return '';
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined; // the process is gone
  }
};

/** Reads the process and its start from one line. A line that was cut off names nobody: its writer has the lock. */
const read = async (cluster: Folder): Promise<{ pid: number; startedAt: string } | undefined> => {
  const text = await readFile(fileOf(cluster), 'utf8').catch(() => ''); // nobody has it
  const [, pid, startedAt] = /^([1-9]\d*) (.*)\n$/.exec(text) ?? [];
  return pid === undefined || startedAt === undefined ? undefined : { pid: Number(pid), startedAt };
};

/** The folders that this very process runs. */
const own = new Set<string>();

/** Says whether a living server has the folder, even while its PostgreSQL is down. */
export const isOwned = async (cluster: Folder): Promise<boolean> => {
  if (own.has(cluster.folder)) return true;
  const owner = await read(cluster);
  // A file with our own pid is from an earlier process: the first process of a container always has the same pid.
  if (!owner || owner.pid === process.pid) return false;
  const startedAt = await startOf(owner.pid);
  return startedAt !== undefined && startedAt === owner.startedAt;
};

/** Writes that the folder is ours. Only the holder of the lock, or the maker of the folder, may do so. */
export const ownFolder = async (cluster: Folder): Promise<void> => {
  await writeFile(fileOf(cluster), `${process.pid} ${(await startOf(process.pid)) ?? ''}\n`, { mode: 0o600 });
  own.add(cluster.folder);
};

/** Lets others have the folder. */
export const disownFolder = async (cluster: Folder): Promise<void> => {
  if (!own.delete(cluster.folder)) return;
  await rm(fileOf(cluster), { force: true });
};
