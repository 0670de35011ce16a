import type pg from 'pg';
import { CopyRefusedError } from './moved-log.js';

const AT_A_TIME = 5_000;
const NO_USER = '00000000-0000-0000-0000-000000000000';

/** A copy is another log: its heads are signed by keys of its own. */
const RING = `select name, wrapped, master_key from security.key_ring where name not like 'audit-log-%' order by name`;
const ADD_TO_RING =
  'insert into security.key_ring (name, wrapped, master_key) values ($1, $2, $3) on conflict do nothing';
const KEYS = `
  select user_id, wrapped, master_key, destroyed_at::text as destroyed_at, reference from security.person_keys
   where user_id > $1 order by user_id limit ${AT_A_TIME}`;
/** A destroyed key is marked as such alone: that no page holds it any more is found out anew where it is now. */
const PUT_KEYS = `
  insert into security.person_keys (user_id, wrapped, master_key, destroyed_at, reference)
  select * from unnest($1::uuid[], $2::bytea[], $3::text[], $4::timestamptz[], $5::uuid[])
  on conflict (user_id) do update
    set wrapped = excluded.wrapped, master_key = excluded.master_key, destroyed_at = excluded.destroyed_at, reference = excluded.reference
  where (person_keys.wrapped, person_keys.master_key, person_keys.reference)
        is distinct from (excluded.wrapped, excluded.master_key, excluded.reference)`;
const COUNT = 'select count(*)::integer as keys from security.person_keys';
const STARTED = `
  select coalesce(max(position), 0) > 0 as started, exists (select from log.events) as "hasLog"
    from projections.checkpoints where name <> 'mail'`;

interface RingRow {
  readonly name: string;
  readonly wrapped: Buffer;
  readonly master_key: string | null;
}

interface KeyRow {
  readonly user_id: string;
  readonly wrapped: Buffer | null;
  readonly master_key: string | null;
  readonly destroyed_at: string | null;
  readonly reference: string | null;
}

const COLUMNS = ['user_id', 'wrapped', 'master_key', 'destroyed_at', 'reference'] as const;

const ringOf = async (pool: pg.Pool): Promise<readonly RingRow[]> => (await pool.query<RingRow>(RING)).rows;

/** Refuses a database that a server has used already: its read models and keys belong to another log. */
export const requireUnused = async (source: pg.Pool, target: pg.Pool, takesLog: boolean): Promise<void> => {
  const { rows } = await target.query<{ started: boolean; hasLog: boolean }>(STARTED);
  if (rows[0]?.hasLog && !takesLog)
    throw new CopyRefusedError('the database for the keys holds a log of its own: give it an empty one');
  if (rows[0]?.started)
    throw new CopyRefusedError('a server has made read models in the database of the copy: give it an empty one');
  const [own, others] = [await ringOf(source), await ringOf(target)];
  const known = new Map(own.map(({ name, wrapped }) => [name, wrapped]));
  if (others.some(({ name, wrapped }) => known.get(name)?.equals(wrapped) !== true))
    throw new CopyRefusedError('the database of the copy has keys of its own: give it an empty one');
};

/** Gives the rows of keys, some at a time. */
async function* keysOf(pool: pg.Pool): AsyncGenerator<readonly KeyRow[]> {
  for (let after = NO_USER; ;) {
    const { rows } = await pool.query<KeyRow>(KEYS, [after]);
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)?.user_id ?? after;
  }
}

const countKeys = async (pool: pg.Pool): Promise<number> =>
  (await pool.query<{ keys: number }>(COUNT)).rows[0]?.keys ?? 0;

/**
 * Copies the keys of the server and those of users, wrapped as they are: whoever opens the copy needs the same `MASTER_KEY`. Of a
 * destroyed key, that it was destroyed is copied. Answers how many keys of users there are.
 */
export const copyKeys = async (source: pg.Pool, target: pg.Pool): Promise<number> => {
  for (const { name, wrapped, master_key } of await ringOf(source))
    await target.query(ADD_TO_RING, [name, wrapped, master_key]);
  for await (const rows of keysOf(source)) {
    const columns = COLUMNS.map((name) => rows.map((row) => row[name]));
    await target.query(PUT_KEYS, columns);
  }
  const [before, now] = [await countKeys(target), await countKeys(source)];
  if (now !== before) throw new CopyRefusedError('users have registered meanwhile: stop the servers, and copy again');
  return now;
};
