import { join } from 'node:path';
import type pg from 'pg';
import type { Consumers } from '../../application/consumers/consumers.js';
import type { UserKeys } from '../../application/ports/user-keys.js';
import type { Logger } from 'pino';
import type { UserId } from '../../domain/kernel/ids.js';
import type { Config } from '../config.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
  type PostgresEventStoreParts,
} from '../event-store/postgres/postgres-event-store.js';
import type { StoreObserver } from '../event-store/postgres/store-limits.js';
import type { Metrics } from '../observability/metrics.js';
import type { StartPhases } from '../observability/start-phases.js';
import { startEmbeddedPostgres } from '../postgres/embedded/embedded-postgres.js';
import { PROBE_SECONDS } from '../postgres/listener.js';
import { migrate } from '../postgres/migrate.js';
import { createPool } from '../postgres/pool.js';
import type { ReleaseStack } from '../release-stack.js';
import { openKeyRing, type KeyRing } from '../security/key-ring.js';
import { MasterKeys, type MasterKeySource } from '../security/master-keys.js';
import { PostgresUserKeys } from '../security/user-keys.js';
import { openSecrets } from '../security/secrets-file.js';
import { chatEvents } from '../serialization/chat-events.js';
import { createEventCodec } from '../serialization/create-event-codec.js';

const POOL_SIZE = 20;

export interface Stores {
  readonly pool: pg.Pool;
  readonly events: PostgresEventStore;
  readonly keys: KeyRing;
  readonly masterKeys: MasterKeys;
  readonly userKeys: UserKeys;
  /** The one that signs first. */
  readonly jwtSecrets: Keys;
  /** Where the data is, as text to be shown. */
  readonly place: string;
}

type Keys = readonly [string, ...string[]];

/** The one that is used, and those that are accepted beside it while it is changed. */
const accepted = (used: string, ...others: readonly (string | undefined)[]): Keys => [
  used,
  ...others.filter((each) => each !== undefined),
];

/** The master keys of the environment, or of the file, which may be changed while this process runs. */
export const masterKeySource = (config: Config): MasterKeySource => {
  const { MASTER_KEY, MASTER_KEY_PREVIOUS, MASTER_KEY_NEXT, DATA_DIR } = config;
  if (MASTER_KEY !== undefined)
    return () => Promise.resolve(accepted(MASTER_KEY, MASTER_KEY_PREVIOUS, MASTER_KEY_NEXT));
  return async () => {
    const { masterKey, previousMasterKeys = [] } = await openSecrets(DATA_DIR);
    return [masterKey, ...previousMasterKeys];
  };
};

/** The secrets of the environment; those that are missing are made on first start, and kept. */
const jwtSecretsOf = async ({ JWT_SECRET, JWT_SECRET_PREVIOUS, JWT_SECRET_NEXT, DATA_DIR }: Config): Promise<Keys> =>
  accepted(JWT_SECRET ?? (await openSecrets(DATA_DIR)).jwtSecret, JWT_SECRET_PREVIOUS, JWT_SECRET_NEXT);

interface StoreParts {
  readonly log: Logger;
  readonly releases: ReleaseStack;
  readonly metrics: Metrics;
  readonly consumers: Consumers;
  readonly phases: StartPhases;
  /** Told when the database was lost for good. */
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
  const client = await pool.connect();
  try {
    const applied = await migrate(client, signal);
    if (applied.length > 0) log.info({ applied }, 'database migrated');
  } finally {
    client.release();
  }
};

type LogParts = Pick<StoreParts, 'log' | 'releases'> & Pick<PostgresEventStoreParts, 'observer' | 'onListening'>;

/** Opens the keys and the log in a database that is up to date. */
export const openLog = async (
  config: Config,
  pool: pg.Pool,
  { log, releases, ...watching }: LogParts,
): Promise<Omit<Stores, 'pool' | 'place'>> => {
  const jwtSecrets = await jwtSecretsOf(config);
  const masterKeys = await MasterKeys.open(masterKeySource(config));
  const keys = await openKeyRing(pool, masterKeys);
  const onDamaged = (userId: UserId, err: Error) =>
    log.error({ err, userId, table: 'security.person_keys' }, 'the key of a user is damaged: restore its row');
  const userKeys = new PostgresUserKeys(pool, masterKeys, { onDamaged });
  const codec = createEventCodec(chatEvents, userKeys);
  const events = await createPostgresEventStore({ pool, codec, log, ...watching });
  releases.own('event log', events, (it) => it.close());
  return { events, keys, masterKeys, userKeys, jwtSecrets };
};

/** Connections to a database, until they are released. */
export const openPool = (url: string, { log, releases }: Pick<StoreParts, 'log' | 'releases'>): pg.Pool => {
  const onIdleError = (error: Error) => log.warn({ err: error }, 'idle database connection lost');
  const pool = createPool({ url, max: POOL_SIZE, name: 'chatapp', onIdleError });
  return releases.own('database pool', pool, (it) => it.end());
};

const watchedBy = (metrics: Metrics, log: Logger): StoreObserver => ({
  committed: ({ appends, events, seconds, waiting }) => {
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

/** Opens the database, brings it up to date, and opens the log and the keys in it. */
export const openStores = async (config: Config, parts: StoreParts): Promise<Stores> => {
  const { log, releases, metrics, consumers, phases } = parts;
  const url = await databaseOf(config, parts);
  phases.end('database');
  const pool = openPool(url, parts);
  await migrated(pool, parts);
  phases.end('migrations');
  const listener = consumers.add('log listener', PROBE_SECONDS);
  const onListening = () => listener.alive();
  const opened = await openLog(config, pool, { log, releases, observer: watchedBy(metrics, log), onListening });
  phases.end('keys and log');
  const place = config.DATABASE_URL === undefined ? join(config.DATA_DIR, 'postgres') : new URL(url).host;
  return { ...opened, pool, place };
};
