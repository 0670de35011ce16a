import type pg from 'pg';
import type { Checkpoints } from '../../application/ports/checkpoints.js';
import type { UserKeys } from '../../application/ports/user-keys.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { openCheckpoints } from '../audit/postgres-checkpoints.js';
import { publicUrlOf, type Config } from '../config.js';
import type { EventCodec } from '../../application/ports/event-codec.js';
import { createKurrentDbEventStore } from '../event-store/kurrentdb/kurrentdb-event-store.js';
import {
  createPostgresEventStore,
  type PostgresEventStoreParts,
} from '../event-store/postgres/postgres-event-store.js';
import type { StoredLog } from '../event-store/stored-log.js';
import { jwtSecretsOf, masterKeySource, type AcceptedSecrets } from '../security/configured-secrets.js';
import { openKeyRing, type KeyRing } from '../security/key-ring.js';
import { MasterKeys } from '../security/master-keys.js';
import { PostgresUserKeys } from '../security/user-keys.js';
import { chatEvents } from '../serialization/chat-events.js';
import { createEventCodec } from '../serialization/create-event-codec.js';
import type { UserKeySource } from '../serialization/sealing.js';
import type { PoolParts } from './open-pool.js';
import { requireSameLog } from './require-same-log.js';

/** The event log, and the keys that open what is in it. */
export interface OpenedLog {
  readonly events: StoredLog;
  /** What keeps the log, as text to be shown; undefined for the database. */
  readonly logServer: string | undefined;
  readonly keys: KeyRing;
  readonly masterKeys: MasterKeys;
  readonly userKeys: UserKeys & UserKeySource;
  readonly jwtSecrets: AcceptedSecrets;
  /** The signed heads of the tree over the log. */
  readonly checkpoints: Checkpoints;
}

type LogParts = PoolParts & Pick<PostgresEventStoreParts, 'observer' | 'onListening'>;

const openEvents = async (
  { KURRENTDB_URL: url }: Config,
  pool: pg.Pool,
  codec: EventCodec,
  { log, releases, observer, onListening }: LogParts,
): Promise<Pick<OpenedLog, 'events' | 'logServer'>> => {
  const watching = { ...(observer && { observer }), ...(onListening && { onListening }) };
  if (url === undefined) {
    const events = await createPostgresEventStore({ pool, codec, log, ...watching });
    return { events: releases.own('event log', events, (it) => it.close()), logServer: undefined };
  }
  const events = await createKurrentDbEventStore({ url, codec, log, ...watching });
  releases.own('event log', events, (it) => it.close());
  return { events, logServer: `KurrentDB ${events.serverVersion} with ${events.features.join(', ')}` };
};

/** Opens the keys and the log in a database that is up to date. */
export const openLog = async (config: Config, pool: pg.Pool, parts: LogParts): Promise<OpenedLog> => {
  const { log } = parts;
  const jwtSecrets = await jwtSecretsOf(config);
  const masterKeys = await MasterKeys.open(masterKeySource(config));
  const keys = await openKeyRing(pool, masterKeys);
  const onDamaged = (userId: UserId, err: Error) =>
    log.error({ err, userId, table: 'security.person_keys' }, 'the key of a user is damaged: restore its row');
  const userKeys = new PostgresUserKeys(pool, masterKeys, { onDamaged });
  const codec = createEventCodec(chatEvents, userKeys);
  const { events, logServer } = await openEvents(config, pool, codec, parts);
  await requireSameLog(pool, events, config.KURRENTDB_URL !== undefined);
  const { host } = new URL(publicUrlOf(config));
  const checkpoints = await openCheckpoints({ pool, masterKeys, origin: config.AUDIT_ORIGIN, host });
  return { events, logServer, keys, masterKeys, userKeys, jwtSecrets, checkpoints };
};
