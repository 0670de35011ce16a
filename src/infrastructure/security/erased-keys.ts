import type pg from 'pg';
import type { ErasedKeys } from '../../application/ports/erased-keys.js';
import type { KeyDestruction, KeyDestructions } from '../../application/ports/key-destructions.js';
import type { RawLog } from '../../application/ports/raw-log.js';
import type { Position } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';

const POSITION = 'select position from security.erasures';

/** Destroys keys. The row stays, or is made where there was none: so no key is made for a user who was erased. */
const DESTROY = `
  with noted as (
    update security.erasures set position = greatest(position, $2::bigint)
  )
  insert into security.person_keys as k (user_id, destroyed_at)
  select distinct erased, now() from unnest($1::uuid[]) as erased
  on conflict (user_id) do update set wrapped = null, master_key = null, destroyed_at = coalesce(k.destroyed_at, now())
   where k.wrapped is not null or k.destroyed_at is null`;

/** The keys of erased users in PostgreSQL. */
export const createErasedKeys = (pool: pg.Pool): ErasedKeys => ({
  destroyedUpTo: async () => (await pool.query<{ position: Position }>(POSITION)).rows[0]?.position ?? LOG_START,
  destroy: async (userIds, upTo) => {
    await pool.query(DESTROY, [userIds, upTo]);
  },
});

const DESTRUCTION = `
  select destroyed_at as "destroyedAt", purged_at as "purgedAt" from security.person_keys
   where user_id = $1 and wrapped is null and destroyed_at is not null`;

export const createKeyDestructions = (pool: pg.Pool): KeyDestructions => ({
  find: async (userId) => (await pool.query<KeyDestruction>(DESTRUCTION, [userId])).rows[0],
});

/** Answers how many users are erased whose keys are not known to be destroyed. */
export const pendingErasures = async (keys: ErasedKeys, log: Pick<RawLog, 'readAll'>): Promise<number> => {
  let users = 0;
  const after = await keys.destroyedUpTo();
  for await (const _ of log.readAll({ after, filter: { types: ['UserErased'] } })) users += 1;
  return users;
};
