import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openSecrets } from '../../security/secrets-file.js';
import { errorCode } from '../../error-code.js';
import { LOCK_NOT_AVAILABLE } from '../sql-state.js';
import { start, type StartOptions } from './cluster.js';
import { disownFolder, isOwned, ownFolder } from './owner-file.js';
import {
  clusterAt,
  findRunning,
  readPidFile,
  stop,
  urlOf,
  type Cluster,
  type RunningCluster,
} from './running-cluster.js';
import { hasSockets, removeShortName, SOCKET_PORT } from './server-socket.js';

const SERVER_LOCK = 7226425;
/** The session, or the process, of a server that was killed just now may outlive it by this time. */
const LOCK_TIMEOUT_MS = 2_000;
const RETRY_MS = 500;
const OWNER_POLL_MS = 50;
const DATABASE = 'chatapp';

/** Called with what happens to the database. */
export interface EmbeddedLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** The options for running the database. */
export interface EmbeddedOptions {
  /** Called when another server has taken the folder. */
  readonly onLost?: (error: unknown) => void;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/** The embedded PostgreSQL of a data folder, run by this process. */
export interface EmbeddedPostgres {
  /** The address stays the same while this process runs the database. */
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

/** The resources that this process holds while it runs the database. */
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

/** Takes the lock that one server has on a data folder. It belongs to a session, so that it is free however the server ends. */
const takeLock = async (cluster: Cluster, running: RunningCluster, dataDir: string): Promise<Hold> => {
  const lock = new pg.Client({
    connectionString: urlOf(cluster, running.port, 'postgres'),
    application_name: 'chatapp server lock',
    options: `-c lock_timeout=${LOCK_TIMEOUT_MS}`,
    keepAlive: true,
  });
  lock.on('error', () => undefined); // only the end of the connection matters
  const ended = new Promise<void>((resolve) => lock.once('end', resolve));
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [SERVER_LOCK]);
    await createDatabase(lock);
    return { running, lock, ended };
  } catch (error) {
    await lock.end().catch(() => undefined); // the first error is the one to report
    throw errorCode(error) === LOCK_NOT_AVAILABLE ? new AlreadyRunningError(resolve(dataDir)) : error;
  }
};

const findOrStart = async (cluster: Cluster, options: StartOptions): Promise<RunningCluster> => {
  const found = await findRunning(cluster, options.signal);
  if (found) return found;
  try {
    return await start(cluster, options);
  } catch (error) {
    const raced = await findRunning(cluster, options.signal); // another server has taken the lock meanwhile
    if (raced) return raced;
    throw error;
  }
};

/** Takes the database over. One that an earlier version left running on a port is started again, on its socket. */
const take = async (cluster: Cluster, dataDir: string, options: StartOptions): Promise<Hold> => {
  const hold = await takeLock(cluster, await findOrStart(cluster, options), dataDir);
  if (!hasSockets || hold.running.port === SOCKET_PORT) return hold;
  await stop(cluster, hold.running); // nobody uses it, as we have its lock
  await hold.lock.end().catch(() => undefined); // it has ended with the server
  return takeLock(cluster, await findOrStart(cluster, options), dataDir);
};

/** Refuses a folder that belongs to a living server. */
const requireFree = async (cluster: Cluster, dataDir: string): Promise<void> => {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  while (await isOwned(cluster)) {
    if (Date.now() > deadline) throw new AlreadyRunningError(resolve(dataDir));
    await sleep(OWNER_POLL_MS);
  }
};

const takeFree = async (cluster: Cluster, dataDir: string, signal: AbortSignal): Promise<Hold> => {
  await requireFree(cluster, dataDir);
  const hold = await take(cluster, dataDir, { signal });
  await ownFolder(cluster);
  return hold;
};

/** Finds the database that a server runs on this data folder, for a tool beside it. */
export const findEmbeddedUrl = async (dataDir: string): Promise<string | undefined> => {
  const cluster = await clusterOf(dataDir);
  const running = await findRunning(cluster);
  return running && urlOf(cluster, running.port, DATABASE);
};

interface RegainParts {
  readonly dataDir: string;
  readonly port: number;
  readonly log: EmbeddedLog;
  readonly signal: AbortSignal;
}

/** Starts the database again, until the signal ends that. Raises `AlreadyRunningError` when another server has it. */
const regain = async (cluster: Cluster, { dataDir, port, log, signal }: RegainParts): Promise<Hold | undefined> => {
  for (;;)
    try {
      const hold = await take(cluster, dataDir, { port, signal });
      log.info({ pid: hold.running.pid }, 'PostgreSQL runs again');
      return hold;
    } catch (error) {
      if (error instanceof AlreadyRunningError) throw error;
      if (signal.aborted) return undefined;
      log.warn({ err: error }, 'PostgreSQL could not be started, trying again');
      await sleep(RETRY_MS, undefined, { ref: false, signal }).catch(() => undefined); // the signal ends it
    }
};

/**
 * Starts PostgreSQL under the data folder, or takes over the one that a killed server left running, and starts it again
 * if it dies. Raises `AlreadyRunningError`, and calls `onLost` with it when another server took the folder meanwhile.
 * A start that the signal ends raises its reason, and leaves no PostgreSQL running that it has started.
 */
export const startEmbeddedPostgres = async (
  dataDir: string,
  log: EmbeddedLog,
  {
    onLost = (error) => log.warn({ err: error }, "PostgreSQL is another server's now"),
    signal = new AbortController().signal,
  }: EmbeddedOptions = {},
): Promise<EmbeddedPostgres> => {
  const cluster = await clusterOf(dataDir);
  let hold: Hold | undefined = await takeFree(cluster, dataDir, signal);
  const { port } = hold.running;
  let isLost = false;
  const stopping = new AbortController();
  const asked = once(stopping.signal, 'abort');

  const watch = async (): Promise<void> => {
    while (hold) {
      await Promise.race([hold.ended, asked]);
      if (stopping.signal.aborted) return;
      log.warn({ pid: hold.running.pid }, 'PostgreSQL was lost, taking it up again');
      try {
        hold = await regain(cluster, { dataDir, port, log, signal: stopping.signal });
      } catch (error) {
        isLost = true;
        await disownFolder(cluster);
        onLost(error);
        return;
      }
    }
  };
  const watching = watch();

  return {
    url: urlOf(cluster, port, DATABASE),
    stop: async () => {
      stopping.abort();
      await watching;
      if (isLost) return; // it belongs to another server now
      // The end of the database releases the lock, not the code before it: nobody else may be using it when it stops.
      // A database that was about to be started again is stopped, too.
      await stop(cluster, hold?.running ?? (await readPidFile(cluster)));
      await hold?.lock.end().catch(() => undefined);
      await removeShortName(cluster.folder);
      await disownFolder(cluster);
    },
  };
};
