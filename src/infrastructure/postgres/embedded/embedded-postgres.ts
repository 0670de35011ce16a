import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openSecrets } from '../../security/secrets-file.js';
import { errorCode } from '../../error-code.js';
import { LOCK_NOT_AVAILABLE } from '../sql-state.js';
import { start } from './cluster.js';
import { disownFolder, isOwned, ownFolder } from './owner-file.js';
import { clusterAt, findRunning, stop, urlOf, type Cluster, type RunningCluster } from './running-cluster.js';
import { hasSockets, removeShortName, SOCKET_PORT } from './server-socket.js';

const SERVER_LOCK = 7226425;
/** So long may the session, or the process, of a server that was killed just now outlive it. */
const LOCK_TIMEOUT_MS = 2_000;
const RETRY_MS = 500;
const OWNER_POLL_MS = 50;
const DATABASE = 'chatapp';

/** Told of what happens to the database. */
export interface EmbeddedLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** The embedded PostgreSQL of a data folder, run by this process. */
export interface EmbeddedPostgres {
  /** Stays the same while this process runs it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Another server runs on this data folder. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';

  constructor(dataDir: string) {
    super(`another ChatApp server is running on ${dataDir}: stop it first, or set DATA_DIR to another folder`);
  }
}

const clusterOf = async (dataDir: string): Promise<Cluster> => {
  const { databasePassword } = await openSecrets(dataDir);
  return clusterAt(join(await realpath(dataDir), 'postgres'), databasePassword);
};

/** What makes this process the one that runs the database. */
interface Hold {
  readonly running: RunningCluster;
  readonly lock: pg.Client;
  /** Settles when the lock's connection has ended. */
  readonly ended: Promise<void>;
}

const createDatabase = async (client: pg.Client): Promise<void> => {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`create database ${DATABASE}`);
};

/** Takes the lock of the one server on a data folder: a session's, so that it is free again however the server ends. */
const takeLock = async (cluster: Cluster, running: RunningCluster, dataDir: string): Promise<Hold> => {
  const lock = new pg.Client({
    connectionString: urlOf(cluster, running.port, 'postgres'),
    application_name: 'chatapp server lock',
    options: `-c lock_timeout=${LOCK_TIMEOUT_MS}`,
    keepAlive: true,
  });
  lock.on('error', () => undefined); // its end is what counts
  const ended = new Promise<void>((resolve) => lock.once('end', resolve));
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [SERVER_LOCK]);
    await createDatabase(lock);
    return { running, lock, ended };
  } catch (error) {
    await lock.end().catch(() => undefined); // the first error is the one to tell
    throw errorCode(error) === LOCK_NOT_AVAILABLE ? new AlreadyRunningError(resolve(dataDir)) : error;
  }
};

const findOrStart = async (cluster: Cluster, port: number | undefined): Promise<RunningCluster> => {
  const found = await findRunning(cluster);
  if (found) return found;
  try {
    return await start(cluster, port);
  } catch (error) {
    const raced = await findRunning(cluster); // another server was faster, and has the lock
    if (raced) return raced;
    throw error;
  }
};

/** Takes the database. One that an earlier version left running on a port is started again, on its socket. */
const take = async (cluster: Cluster, dataDir: string, port?: number): Promise<Hold> => {
  const hold = await takeLock(cluster, await findOrStart(cluster, port), dataDir);
  if (!hasSockets || hold.running.port === SOCKET_PORT) return hold;
  await stop(cluster, hold.running); // nobody uses it: we have its lock
  await hold.lock.end().catch(() => undefined); // its end was that of the server
  return takeLock(cluster, await findOrStart(cluster, port), dataDir);
};

/** Refuses a folder that a living server has. */
const requireFree = async (cluster: Cluster, dataDir: string): Promise<void> => {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  while (await isOwned(cluster)) {
    if (Date.now() > deadline) throw new AlreadyRunningError(resolve(dataDir));
    await sleep(OWNER_POLL_MS);
  }
};

const takeFree = async (cluster: Cluster, dataDir: string): Promise<Hold> => {
  await requireFree(cluster, dataDir);
  const hold = await take(cluster, dataDir);
  await ownFolder(cluster);
  return hold;
};

/** Finds the database that a server runs on this data folder, for a tool beside it. */
export const findEmbeddedUrl = async (dataDir: string): Promise<string | undefined> => {
  const cluster = await clusterOf(dataDir);
  const running = await findRunning(cluster);
  return running && urlOf(cluster, running.port, DATABASE);
};

/**
 * Starts PostgreSQL under the data folder, or takes over the one that a killed server left running, and starts it again
 * should it die. Raises `AlreadyRunningError`, and hands it to `onLost` when another server took the folder meanwhile.
 */
export const startEmbeddedPostgres = async (
  dataDir: string,
  log: EmbeddedLog,
  onLost: (error: unknown) => void = (error) => log.warn({ err: error }, "PostgreSQL is another server's now"),
): Promise<EmbeddedPostgres> => {
  const cluster = await clusterOf(dataDir);
  let hold: Hold | undefined = await takeFree(cluster, dataDir);
  const { port } = hold.running;
  const stopping = new AbortController();
  const asked = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));

  /** Takes the database up again; gives up, and answers nothing, when another server has it, or we are to stop. */
  const regain = async (): Promise<Hold | undefined> => {
    while (!stopping.signal.aborted) {
      try {
        const regained = await take(cluster, dataDir, port);
        log.info({ pid: regained.running.pid }, 'PostgreSQL runs again');
        return regained;
      } catch (error) {
        if (error instanceof AlreadyRunningError) {
          await disownFolder(cluster);
          onLost(error);
          return undefined;
        }
        log.warn({ err: error }, 'PostgreSQL could not be started, trying again');
        await Promise.race([sleep(RETRY_MS, undefined, { ref: false }), asked]);
      }
    }
    return undefined;
  };
  const watch = async (): Promise<void> => {
    while (hold) {
      await Promise.race([hold.ended, asked]);
      if (stopping.signal.aborted) return;
      log.warn({ pid: hold.running.pid }, 'PostgreSQL was lost, taking it up again');
      hold = await regain();
    }
  };
  const watching = watch();

  return {
    url: urlOf(cluster, port, DATABASE),
    stop: async () => {
      stopping.abort();
      await watching;
      if (!hold) return; // it is another server's now
      // The lock is let go by the end of the database, not before: nobody else may be using it when it stops.
      await stop(cluster, hold.running);
      await hold.lock.end().catch(() => undefined);
      await removeShortName(cluster.folder);
      await disownFolder(cluster);
    },
  };
};
