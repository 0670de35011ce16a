import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { errorCode } from '../../error-code.js';
import { orAborted } from '../../or-aborted.js';
import { SOCKET_PORT, socketFolder } from './server-socket.js';

export const SUPERUSER = 'chatapp';
const INVALID_PASSWORD = '28P01';
const ANSWER_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
/** The ways to end a server that need not end well, and the time for each: together less than SHUTDOWN_TIMEOUT. */
const WAYS_TO_END = [
  ['SIGINT', 3_000],
  ['SIGQUIT', 2_000],
  ['SIGKILL', 2_000],
] as const;

/** A PostgreSQL under a folder of ours, which is given by its real path. */
export interface Cluster {
  readonly folder: string;
  readonly password: string;
  /** A name of the folder that is short enough for the name of a socket in it. */
  readonly socketFolder: string;
}

/** Answers the PostgreSQL of a folder, which is given by its real path. */
export const clusterAt = async (folder: string, password: string): Promise<Cluster> => ({
  folder,
  password,
  socketFolder: await socketFolder(folder),
});

/** A PostgreSQL that runs. */
export interface RunningCluster {
  readonly pid: number;
  /** `SOCKET_PORT` where it listens on its socket; otherwise a port of this machine, as on Windows, and in earlier versions. */
  readonly port: number;
}

/** Answers the URL of one of its databases. PGSSLMODE does not count: it has no certificate, and does not leave this machine. */
export const urlOf = ({ password, socketFolder }: Cluster, port: number, database: string): string => {
  const user = `${SUPERUSER}:${encodeURIComponent(password)}`;
  if (port !== SOCKET_PORT) return `postgres://${user}@127.0.0.1:${port}/${database}?sslmode=disable`;
  // The folder is a parameter, so that the driver and PostgreSQL's own programs understand it, and the rest stays a
  // URL.
  const socket = `host=${encodeURIComponent(socketFolder)}`;
  return `postgres://${user}@localhost:${port}/${database}?sslmode=disable&${socket}`;
};

/** Answers the command line of a process. It is empty for one that is gone. */
const commandLineOf = async (pid: number): Promise<string> => {
  // It is empty once the process is a zombie.
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  try {
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
};

/**
 * Says whether a process is running, and is the PostgreSQL of this folder: a stale pid may belong to another process by
 * now.
 */
const isServerOf = async ({ folder }: Cluster, pid: number): Promise<boolean> => {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (process.platform !== 'win32') return (await commandLineOf(pid)).includes(folder);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
};

const answers = async (cluster: Cluster, port: number): Promise<boolean> => {
  const client = new pg.Client({ connectionString: urlOf(cluster, port, 'postgres'), connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // the attempt itself shows it
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (errorCode(error) === INVALID_PASSWORD)
      throw new Error(`secrets.json does not hold the password of ${cluster.folder}: restore it from a backup`, {
        cause: error,
      });
    return false; // It is not there, or still recovering: the caller asks again.
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Reads the pid from `postmaster.pid`; not a number where it holds none. */
export const readPidFile = async ({ folder }: Cluster): Promise<RunningCluster> => {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => ''); // there is no file: nothing runs
  const [pid, , , port] = text.split('\n').map(Number);
  return { pid: pid ?? 0, port: port ?? 0 };
};

/** Waits until the process answers on the port, or raises the signal's reason; false when it has ended. */
export const untilAnswering = async (
  cluster: Cluster,
  { pid, port }: RunningCluster,
  signal: AbortSignal,
  lives: () => boolean | Promise<boolean> = () => isServerOf(cluster, pid),
): Promise<boolean> => {
  const deadline = Date.now() + ANSWER_TIMEOUT_MS;
  while (await lives()) {
    signal.throwIfAborted();
    if (port > 0 && (await orAborted(answers(cluster, port), signal))) return true;
    if (Date.now() > deadline)
      throw new Error(`PostgreSQL (process ${pid}) does not answer; see ${cluster.folder}.log`);
    await orAborted(sleep(POLL_MS), signal);
  }
  return false;
};

/** Finds the PostgreSQL that runs on this folder, also when an earlier process of ours started it. The signal ends the search. */
export const findRunning = async (
  cluster: Cluster,
  signal: AbortSignal = new AbortController().signal,
): Promise<RunningCluster | undefined> => {
  const running = await readPidFile(cluster);
  return (await untilAnswering(cluster, running, signal)) ? running : undefined;
};

/** Says whether the folder's `postmaster.pid` was left by a PostgreSQL that has ended. */
export const hasStalePidFile = async (cluster: Cluster): Promise<boolean> => {
  const { pid } = await readPidFile(cluster);
  return pid > 0 && !(await isServerOf(cluster, pid));
};

/** Asks it to end; answers whether it has ended within the time. */
const endsBy = async (cluster: Cluster, pid: number, signal: NodeJS.Signals, withinMs: number): Promise<boolean> => {
  if (await isServerOf(cluster, pid)) process.kill(pid, signal);
  const deadline = Date.now() + withinMs;
  while (await isServerOf(cluster, pid)) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
};

/** Stops it in the fast way: connections are ended, everything is written. */
export const stop = async (cluster: Cluster, { pid }: RunningCluster): Promise<void> => {
  if (!(await endsBy(cluster, pid, 'SIGINT', STOP_TIMEOUT_MS)))
    throw new Error(`PostgreSQL (process ${pid}) does not stop`);
};

/** Ends one that nobody has used: in the fast way, or else as a crash would, from which the next start recovers. */
export const endAnyhow = async (cluster: Cluster, { pid }: RunningCluster): Promise<void> => {
  for (const [signal, withinMs] of WAYS_TO_END) if (await endsBy(cluster, pid, signal, withinMs)) return;
};
