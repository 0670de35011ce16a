import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openSecrets } from '../../security/secrets-file.js';
import { findRunning, isAlive, start, stop, type Cluster, type RunningCluster } from './cluster.js';

const SERVER_LOCK = 7226425;
const WATCH_MS = 500;

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
  const folder = join(resolve(dataDir), 'postgres');
  const { databasePassword } = await openSecrets(dataDir);
  return { folder, password: databasePassword };
};

/** The lock of the one server on a data folder: held by a session, so that it is free again however the server ends. */
const takeLock = async (url: string, dataDir: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url, application_name: 'chatapp server lock', keepAlive: true });
  client.on('error', () => undefined); // the watch below sees that the database is gone, and takes the lock again
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [SERVER_LOCK]);
  if (rows[0]?.taken) return client;
  await client.end();
  throw new AlreadyRunningError(resolve(dataDir));
};

const pause = (signal: AbortSignal): Promise<void> =>
  sleep(WATCH_MS, undefined, { signal, ref: false }).catch(() => undefined); // woken up to stop

/** Finds the database that a server runs on this data folder, for a tool beside it. */
export const findEmbeddedUrl = async (dataDir: string): Promise<string | undefined> =>
  (await findRunning(await clusterOf(dataDir)))?.url;

/**
 * Starts PostgreSQL under the data folder, or takes over the one that a killed server left running,
 * and starts it again should it die. Raises `AlreadyRunningError`.
 */
export const startEmbeddedPostgres = async (dataDir: string, log: EmbeddedLog): Promise<EmbeddedPostgres> => {
  const cluster = await clusterOf(dataDir);
  let running: RunningCluster = (await findRunning(cluster)) ?? (await start(cluster));
  let lock = await takeLock(running.url, dataDir);
  const { url, port } = running;
  const stopping = new AbortController();

  const restart = async (): Promise<void> => {
    log.warn({ pid: running.pid }, 'PostgreSQL has died, starting it again');
    try {
      running = await start(cluster, port);
      lock = await takeLock(running.url, dataDir);
      log.info({ pid: running.pid }, 'PostgreSQL runs again');
    } catch (error) {
      log.warn({ err: error }, 'PostgreSQL could not be started, trying again');
    }
  };
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (!isAlive(running.pid)) await restart();
      await pause(stopping.signal);
    }
  };
  const watching = watch();

  return {
    url,
    stop: async () => {
      stopping.abort();
      await watching;
      await lock.end().catch(() => undefined); // it ends with the database in any case
      await stop(running);
    },
  };
};
