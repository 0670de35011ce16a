import type pg from 'pg';
import type { MasterKeys } from './master-keys.js';
import { personKeyName } from './person-keys.js';

const BATCH = 500;

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

/** A key is replaced only if it is still the one that was read: two who rotate at once do no harm. */
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
    nameOf: personKeyName,
  },
];

/** Wraps every key with the present master key that an earlier one wraps; answers how many. Goes on where it was left. */
export const rewrapKeys = async (
  pool: pg.Pool,
  masterKeys: MasterKeys,
  onProgress: (done: number) => void = () => undefined,
): Promise<number> => {
  const current = await masterKeys.current();
  let done = 0;
  for (const { find, replace, nameOf } of TABLES)
    for (;;) {
      const { rows } = await pool.query<KeyRow>(find, [current, BATCH]);
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

const USED = `
  select master_key as "masterKey" from security.key_ring
  union select master_key from security.person_keys where wrapped is not null`;

/** The names of the master keys that something is wrapped with; null for one that had no name yet. */
export const usedMasterKeys = async (pool: pg.Pool): Promise<Set<string | null>> => {
  const { rows } = await pool.query<{ masterKey: string | null }>(USED);
  return new Set(rows.map(({ masterKey }) => masterKey));
};
