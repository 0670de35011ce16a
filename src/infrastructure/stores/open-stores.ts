import { join } from 'node:path';
import type pg from 'pg';
import type { Consumers } from '../../application/consumers/consumers.js';
import type { Config } from '../config.js';
import { prepareGridFs } from '../media/gridfs.js';
import type { StoreObserver } from '../event-store/store-observer.js';
import type { Metrics } from '../observability/metrics.js';
import type { CommandTracing } from '../observability/tracing/command-tracing.js';
import type { StartPhases } from '../observability/start-phases.js';
import { startEmbeddedPostgres } from '../postgres/embedded/embedded-postgres.js';
import { PROBE_SECONDS } from '../postgres/listener.js';
import { migrate } from '../postgres/migrate.js';
import { untilAccepting } from '../postgres/until-accepting.js';
import type { MessageEngine } from './message-engine.js';
import { openMessageEngine } from './open-message-engine.js';
import { openLog, type OpenedLog } from './open-log.js';
import { openPool, type PoolParts } from './open-pool.js';

export interface Stores extends OpenedLog {
  readonly pool: pg.Pool;
  readonly engine: MessageEngine;
  /** Where the data is, as text to be shown. */
  readonly place: string;
}

interface StoreParts extends Required<PoolParts> {
  readonly metrics: Metrics;
  readonly commandTracing: CommandTracing;
  readonly consumers: Consumers;
  readonly phases: StartPhases;
  /** Called when the database was lost for good. */
  readonly onFailure: (error: unknown) => void;
  /** Ends the start. */
  readonly signal: AbortSignal;
}

const databaseOf = async (config: Config, { log, releases, onFailure, signal }: StoreParts): Promise<string> => {
  if (config.DATABASE_URL !== undefined) return config.DATABASE_URL;
  const embedded = await startEmbeddedPostgres(config.DATA_DIR, log, { onLost: onFailure, signal });
  return releases.own('embedded PostgreSQL', embedded, (it) => it.stop()).url;
};

const migrated = async (pool: pg.Pool, { log, signal }: Pick<StoreParts, 'log' | 'signal'>): Promise<void> => {
  const onWaiting = (reason: string) => log.warn({ reason }, 'the database takes no connection yet, waiting for it');
  const client = await untilAccepting(() => pool.connect(), { signal, onWaiting });
  try {
    const applied = await migrate(client, signal);
    if (applied.length > 0) log.info({ applied }, 'database migrated');
  } finally {
    client.release();
  }
};

const observerOf = ({ metrics, commandTracing, log }: StoreParts): StoreObserver => ({
  committed: ({ appends, events, seconds, waiting }) => {
    commandTracing.committed(appends);
    metrics.appendSeconds.observe(seconds);
    metrics.appendGroupSize.observe(appends);
    metrics.eventsAppended.inc(events);
    metrics.appendsWaiting.set(waiting);
  },
  undecodable: ({ position, streamId, type, schemaVersion, reason }) => {
    metrics.undecodableEvents.inc();
    log.error({ position, streamId, type, schemaVersion, reason }, 'event cannot be decoded');
  },
});

/** Watches the connection that hears of what others append. KurrentDB has none: its subscriptions look after themselves. */
const heardBy = (consumers: Consumers): (() => void) => {
  const listener = consumers.add('log listener', PROBE_SECONDS);
  return () => listener.alive();
};

/** Opens the database, brings it up to date, and opens the log and the keys in it. */
export const openStores = async (config: Config, parts: StoreParts): Promise<Stores> => {
  const { log, releases, consumers, phases } = parts;
  const url = await databaseOf(config, parts);
  phases.end('database');
  const pool = openPool(url, parts);
  await migrated(pool, parts);
  phases.end('migrations');
  const opened = await openLog(config, pool, {
    log,
    releases,
    observer: observerOf(parts),
    ...(config.KURRENTDB_URL === undefined && { onListening: heardBy(consumers) }),
  });
  const engine = await openMessageEngine(config, pool, { releases, listens: true });
  if (engine.mongo) await prepareGridFs(engine.mongo);
  phases.end('keys and log');
  if (opened.logServer !== undefined) log.info({ server: opened.logServer }, 'the log is kept in KurrentDB');
  if (engine.server !== undefined) log.info({ server: engine.server }, 'messages and files are kept in MongoDB');
  const place = config.DATABASE_URL === undefined ? join(config.DATA_DIR, 'postgres') : new URL(url).host;
  return { ...opened, pool, engine, place };
};
