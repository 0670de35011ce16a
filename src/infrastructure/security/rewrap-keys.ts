import type pg from 'pg';
import { MasterKeys, masterKeyId } from './master-keys.js';
import { userKeyName } from './user-keys.js';

const BATCH = 500;
const ROTATION_LOCK = 7226432;

interface KeyRow {
  readonly id: string;
  readonly wrapped: Buffer;
  readonly masterKey: string | null;
}

interface KeyTable {
  readonly find: string;
  readonly replace: string;
  readonly nameOf: (id: string) => string;
}

/** A key is replaced only if it is still the one that was read: it may be destroyed meanwhile. */
const TABLES: readonly KeyTable[] = [
  {
    find: `select name as id, wrapped, master_key as "masterKey" from security.key_ring
            where master_key is distinct from $1 limit $2`,
    replace: 'update security.key_ring set wrapped = $3, master_key = $4 where name = $1 and wrapped = $2',
    nameOf: (name) => name,
  },
  {
    find: `select user_id as id, wrapped, master_key as "masterKey" from security.person_keys
            where wrapped is not null and master_key <> $1 limit $2`,
    replace: 'update security.person_keys set wrapped = $3, master_key = $4 where user_id = $1 and wrapped = $2',
    nameOf: userKeyName,
  },
];

/** Wraps with the first of these master keys every key that another one wraps; answers how many. A run that was cut off goes on. */
const rewrap = async (
  pool: pg.Pool,
  masterKeys: MasterKeys,
  onProgress: (done: number) => void,
  batch: number,
): Promise<number> => {
  const current = await masterKeys.current();
  let done = 0;
  for (const { find, replace, nameOf } of TABLES)
    for (;;) {
      const { rows } = await pool.query<KeyRow>(find, [current, batch]);
      if (rows.length === 0) break;
      for (const row of rows) {
        const name = nameOf(row.id);
        const { wrapped, masterKey } = await masterKeys.wrap(await masterKeys.unwrap(row, name), name);
        await pool.query(replace, [row.id, row.wrapped, wrapped, masterKey]);
      }
      done += rows.length;
      onProgress(done);
    }
  return done;
};

/** Another run wraps keys at this moment: two at once would undo each other's work, and drop a key that is in use. */
export class RotationUnderWayError extends Error {
  override readonly name = 'RotationUnderWayError';
}

/** The result of a run: how many keys were wrapped, and the name of the master key that wraps them. */
export interface Rotation {
  readonly keys: number;
  readonly masterKey: string;
}

/**
 * Wraps every key with the newest master key. `newest` is asked once, when no other run is under way. It answers the newest
 * key and those before it. The run keeps to these, whatever happens to the file meanwhile. Raises `RotationUnderWayError`.
 */
export const rotateMasterKey = async (
  pool: pg.Pool,
  newest: () => Promise<readonly string[]>,
  onProgress: (done: number) => void = () => undefined,
  batch = BATCH,
): Promise<Rotation> => {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      ROTATION_LOCK,
    ]);
    if (!rows[0]?.taken) throw new RotationUnderWayError('another run is wrapping the keys at this moment');
    const fixed = await newest();
    const masterKeys = await MasterKeys.open(() => Promise.resolve(fixed));
    const keys = await rewrap(pool, masterKeys, onProgress, batch);
    // The next run may come at once, and a session ends a moment after it was released.
    await client.query('select pg_advisory_unlock($1)', [ROTATION_LOCK]);
    return { keys, masterKey: await masterKeys.current() };
  } finally {
    client.release(true); // Where the run has failed, the lock ends with the session.
  }
};

/** Looks once in the index for each master key, however many keys there are. */
const USED = `
  with recursive used as (
    (select master_key from security.person_keys where wrapped is not null order by master_key limit 1)
    union all
    select (select k.master_key from security.person_keys k
             where k.wrapped is not null and k.master_key > used.master_key order by k.master_key limit 1)
      from used where used.master_key is not null
  )
  select master_key as "masterKey" from security.key_ring
  union select master_key from used where master_key is not null`;

/** Answers the names of the master keys that wrap something; null stands for one that had no name yet. */
export const usedMasterKeys = async (pool: pg.Pool): Promise<Set<string | null>> => {
  const { rows } = await pool.query<{ masterKey: string | null }>(USED);
  return new Set(rows.map(({ masterKey }) => masterKey));
};

/** Says whether something is wrapped by a master key that this process does not know. */
export const isMasterKeyMissing = async (pool: pg.Pool, masterKeys: MasterKeys): Promise<boolean> => {
  for (const id of await usedMasterKeys(pool)) if (id !== null && !(await masterKeys.knows(id))) return true;
  return false;
};

/** Says whether a master key still wraps something: then it must be kept. */
export const isUsedIn =
  (used: ReadonlySet<string | null>) =>
  (masterKey: string): boolean =>
    used.has(null) || used.has(masterKeyId(masterKey));
