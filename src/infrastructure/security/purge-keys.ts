import type pg from 'pg';
import { destroy, openSession, type SessionParts } from '../postgres/session.js';

/** Held by the node that purges. */
export const PURGE_LOCK = 7226431;

/*
 * A destroyed key stays in the pages of the table as a dead version of its row. VACUUM alone only gives the space free and
 * leaves the bytes where they are; VACUUM FULL writes the table anew. Neither drops a version that somebody may still see.
 */
const REWRITE = 'vacuum (full) security.person_keys';
/** It waits a second at most for those who read keys, as they wait behind it; writing a large table anew takes its time. */
const SESSION: SessionParts = {
  name: 'chatapp key purge',
  settings: { timezone: 'UTC', lock_timeout: '1s', statement_timeout: '1h' },
  answerWithinMs: 3_660_000,
};

/** The age of the oldest snapshot in this database; every dead version that is older goes. Others' may be hidden from us. */
const OLDEST_SNAPSHOT = `
  select coalesce(max(age), -1) as age, coalesce(bool_or(hidden), false) as hidden from (
    select greatest(age(backend_xmin), age(backend_xid)) as age,
           datname = current_database() and query = '<insufficient privilege>' as hidden
      from pg_stat_activity where pid <> pg_backend_pid() and (datname = current_database() or datname is null)
    union all select age(xmin), false from pg_replication_slots
    union all select age(transaction), false from pg_prepared_xacts where database = current_database()
  ) held`;
const PURGEABLE = `
  with oldest as (${OLDEST_SNAPSHOT})
  select user_id as "userId" from security.person_keys k, oldest
   where k.wrapped is null and k.purged_at is null and not oldest.hidden and age(k.xmin) > oldest.age`;
const PURGED = 'update security.person_keys set purged_at = now() where user_id = any ($1) and purged_at is null';
const WAITING = `select count(*)::integer as count from security.person_keys where wrapped is null and purged_at is null`;

/** What one run came to. */
export interface Purge {
  /** Destroyed keys that no page of the table holds any more. */
  readonly purged: number;
  /** Those that a long transaction still keeps there, or that came meanwhile. */
  readonly waiting: number;
}

const waiting = async (client: pg.ClientBase | pg.Pool): Promise<number> =>
  (await client.query<{ count: number }>(WAITING)).rows[0]?.count ?? 0;

const rewrite = async (client: pg.ClientBase): Promise<number> => {
  const { rows } = await client.query<{ userId: string }>(PURGEABLE);
  if (rows.length === 0) return 0;
  await client.query(REWRITE);
  const { rowCount } = await client.query(PURGED, [rows.map(({ userId }) => userId)]);
  return rowCount ?? 0;
};

/**
 * Removes destroyed keys from the pages of their table, if there are any; one node does it at a time. Raises when the table
 * is in use for too long: it is to be tried again.
 */
export const purgeKeys = async (pool: pg.Pool): Promise<Purge> => {
  if ((await waiting(pool)) === 0) return { purged: 0, waiting: 0 };
  const client = await openSession(pool.options, SESSION, () => undefined); // what runs on it is rejected
  try {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [PURGE_LOCK]);
    const purged = rows[0]?.taken === true ? await rewrite(client) : 0;
    return { purged, waiting: await waiting(client) };
  } finally {
    destroy(client); // the lock goes with the session
  }
};

/** What `doctor` tells of destroyed keys. */
export interface DestroyedKeys {
  readonly count: number;
  readonly lastAt: string | null;
  readonly waiting: number;
  /** Since when the oldest transaction reads that may keep them, and whose it is. */
  readonly heldBy: string | null;
}

const DESTROYED = `
  select count(*)::integer as count, max(destroyed_at) as "lastAt",
         (count(*) filter (where purged_at is null))::integer as waiting,
         (select format('%s (process %s), since %s', coalesce(nullif(application_name, ''), usename), pid,
                        to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'))
            from pg_stat_activity
           where pid <> pg_backend_pid() and datname = current_database() and backend_xmin is not null
           order by xact_start limit 1) as "heldBy"
    from security.person_keys where wrapped is null`;

export const destroyedKeys = async (pool: pg.Pool): Promise<DestroyedKeys> => {
  const { rows } = await pool.query<DestroyedKeys>(DESTROYED);
  return rows[0] ?? { count: 0, lastAt: null, waiting: 0, heldBy: null };
};
