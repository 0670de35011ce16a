import type pg from 'pg';
import type { UserKeys } from '../../application/ports/user-keys.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { Config } from '../config.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
  type PostgresEventStoreParts,
} from '../event-store/postgres/postgres-event-store.js';
import { jwtSecretsOf, masterKeySource, type AcceptedSecrets } from '../security/configured-secrets.js';
import { openKeyRing, type KeyRing } from '../security/key-ring.js';
import { MasterKeys } from '../security/master-keys.js';
import { PostgresUserKeys } from '../security/user-keys.js';
import { chatEvents } from '../serialization/chat-events.js';
import { createEventCodec } from '../serialization/create-event-codec.js';
import type { UserKeySource } from '../serialization/sealing.js';
import type { PoolParts } from './open-pool.js';

/** The event log, and the keys that open what is in it. */
export interface OpenedLog {
  readonly events: PostgresEventStore;
  readonly keys: KeyRing;
  readonly masterKeys: MasterKeys;
  readonly userKeys: UserKeys & UserKeySource;
  readonly jwtSecrets: AcceptedSecrets;
}

type LogParts = PoolParts & Pick<PostgresEventStoreParts, 'observer' | 'onListening'>;

/** Opens the keys and the log in a database that is up to date. */
export const openLog = async (config: Config, pool: pg.Pool, parts: LogParts): Promise<OpenedLog> => {
  const { log, releases, ...watching } = parts;
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
