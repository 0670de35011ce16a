import type pg from 'pg';
import { destroy, openSession, type SessionParts } from '../postgres/session.js';
import { largePersonalTables, LARGEST_REWRITTEN, rewritePersonalTables, sampleAnew } from './personal-tables.js';

/** The node that purges holds this lock. */
export const PURGE_LOCK = 7226431;

/*
 * A destroyed key stays in the pages of the table as a dead version of its row, and so does what a read model has forgotten.
 * VACUUM alone frees the space and leaves the bytes where they are; VACUUM FULL writes the table anew. Neither drops a
 * version that a transaction may still see.
 */
const REWRITE = 'vacuum (full) security.person_keys';
/** Waits a second at most for the readers of a table, as others wait behind it. Writing a large table anew takes its time. */
const SESSION: SessionParts = {
  name: 'chatapp key purge',
  settings: { timezone: 'UTC', lock_timeout: '1s', statement_timeout: '1h' },
  answerWithinMs: 3_660_000,
};

/**
 * The age of the oldest snapshot in this database. Every dead version that is older can go. Snapshots of other roles may be
 * hidden from us. A snapshot taken now, as VACUUM takes one, is as old as the oldest transaction that writes in any database.
 */
const OLDEST_SNAPSHOT = `
  select coalesce(max(age), -1) as age, coalesce(bool_or(hidden), false) as hidden from (
    select greatest(age(backend_xmin), age(backend_xid)) as age,
           datname = current_database() and query = '<insufficient privilege>' as hidden
      from pg_stat_activity where pid <> pg_backend_pid() and (datname = current_database() or datname is null)
    union all select age(pg_snapshot_xmin(pg_current_snapshot())::xid), false
    union all select age(xmin), false from pg_replication_slots
    union all select age(transaction), false from pg_prepared_xacts where database = current_database()
  ) held`;
const UNSEEN = `
  with oldest as (${OLDEST_SNAPSHOT})
  select user_id as "userId" from security.person_keys k, oldest
   where k.wrapped is null and not oldest.hidden and age(k.xmin) > oldest.age`;
const PURGEABLE = `${UNSEEN} and k.purged_at is null`;
const PURGED = 'update security.person_keys set purged_at = now() where user_id = any ($1) and purged_at is null';
const CLEARABLE = `${UNSEEN} and k.cleared_at is null and k.forgotten_at is not null`;
const CLEARED = 'update security.person_keys set cleared_at = now() where user_id = any ($1) and cleared_at is null';
/**
 * Finds the users whom every read model has forgotten: none has parked the erasure, or has yet to come to it. Their erasures
 * are in the log at or before the position up to which keys are destroyed.
 */
const FORGOTTEN = `
  with reached as (
    select min(position) as position from projections.checkpoints where name ~ '^(users|messages|media|search|mail)(_rebuild|_verify)?$'
  )
  select user_id as "userId" from security.person_keys k, reached
   where k.wrapped is null and k.cleared_at is null and k.forgotten_at is null
     and (reached.position is null or reached.position >= (select position from security.erasures))
     and not exists (select from projections.parked p where p.stream_id = 'user-' || k.user_id)`;
/** Writes the row of the key: a reader of what was there before, in read models or samples of them, has an older snapshot. */
const NOTED = 'update security.person_keys set forgotten_at = now() where user_id = any ($1)';
const IS_WAITING = 'wrapped is null and (purged_at is null or cleared_at is null)';
const WAITING = `select count(*)::integer as count from security.person_keys where ${IS_WAITING}`;

const PAUSE_TIMES = 20;
const LONGEST_PAUSE_SECONDS = 3_600;
const PAUSE = 'update security.erasures set purge_after = now() + make_interval(secs => $1)';
const MAY_PURGE = `
  select pg_try_advisory_lock($1) as taken,
         (select coalesce(max(purge_after) <= now(), true) from security.erasures) as due`;

/** The result of one run. */
export interface Purge {
  /** The number of destroyed keys that no page of their table holds any more. */
  readonly purged: number;
  /** The number of erased users of whom no page of a read model that was written anew holds anything any more. */
  readonly cleared: number;
  /** The number of erased users of whom a file still holds something: a long transaction keeps it, or it is too early. */
  readonly waiting: number;
}

/** The pause after tables were written anew, so that their readers seldom wait, however many users are erased. */
export const pauseAfter = (tookMs: number): number => Math.min((PAUSE_TIMES * tookMs) / 1_000, LONGEST_PAUSE_SECONDS);

const waiting = async (client: pg.ClientBase | pg.Pool): Promise<number> =>
  (await client.query<{ count: number }>(WAITING)).rows[0]?.count ?? 0;

const usersOf = async (client: pg.ClientBase, query: string): Promise<readonly string[]> =>
  (await client.query<{ userId: string }>(query)).rows.map(({ userId }) => userId);

const mark = async (client: pg.ClientBase, query: string, userIds: readonly string[]): Promise<number> =>
  (await client.query(query, [userIds])).rowCount ?? 0;

const noteForgotten = async (client: pg.ClientBase, largest: number): Promise<void> => {
  const forgotten = await usersOf(client, FORGOTTEN);
  if (forgotten.length === 0) return;
  await sampleAnew(client, largest);
  await mark(client, NOTED, forgotten);
};

const rewrite = async (client: pg.ClientBase, largest: number): Promise<Omit<Purge, 'waiting'>> => {
  const keys = await usersOf(client, PURGEABLE);
  if (keys.length > 0) await client.query(REWRITE);
  const purged = await mark(client, PURGED, keys);
  await noteForgotten(client, largest);
  const texts = await usersOf(client, CLEARABLE);
  if (texts.length > 0) await rewritePersonalTables(client, largest);
  return { purged, cleared: await mark(client, CLEARED, texts) };
};

/** Makes every node leave the tables alone for a while, whether or not the work was done. */
const pausing = async <Result>(client: pg.ClientBase, work: () => Promise<Result>): Promise<Result> => {
  const began = performance.now();
  const pause = () => client.query(PAUSE, [pauseAfter(performance.now() - began)]);
  const result = await work().catch(async (error: unknown) => {
    await pause().catch(() => undefined); // Where the connection is lost, the first error is the one to report.
    throw error;
  });
  await pause();
  return result;
};

/**
 * Removes destroyed keys, and what read models held of erased users, from the pages of their tables, if there are any; one
 * node does it at a time. Raises when a table is in use for too long: it is to be tried again.
 */
export const purgeErased = async (pool: pg.Pool, largest = LARGEST_REWRITTEN): Promise<Purge> => {
  if ((await waiting(pool)) === 0) return { purged: 0, cleared: 0, waiting: 0 };
  const client = await openSession(pool.options, SESSION, () => undefined); // A query that runs on the connection is rejected.
  try {
    const { rows } = await client.query<{ taken: boolean; due: boolean }>(MAY_PURGE, [PURGE_LOCK]);
    const isOurs = rows[0]?.taken === true && rows[0].due;
    const done = isOurs ? await pausing(client, () => rewrite(client, largest)) : { purged: 0, cleared: 0 };
    return { ...done, waiting: await waiting(client) };
  } finally {
    destroy(client); // The lock ends with the session.
  }
};

/** The state of destroyed keys, as `doctor` shows it. */
export interface DestroyedKeys {
  readonly count: number;
  readonly lastAt: string | null;
  /** The number of users of whom a file still holds the key, or what a read model held. */
  readonly waiting: number;
  /** The end of the pause after tables were written anew. */
  readonly pausedUntil: string | null;
  /** Tables that are too large to be written anew. */
  readonly large: readonly string[];
  /** The oldest transaction that may still read them: its start, and its owner. */
  readonly heldBy: string | null;
}

const DESTROYED = `
  select count(*)::integer as count, max(destroyed_at) as "lastAt",
         (count(*) filter (where ${IS_WAITING}))::integer as waiting,
         (select to_char(max(purge_after) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') from security.erasures
           where purge_after > now()) as "pausedUntil",
         (select format('%s (process %s), since %s', coalesce(nullif(application_name, ''), usename), pid,
                        to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'))
            from pg_stat_activity
           where pid <> pg_backend_pid() and datname = current_database() and backend_xmin is not null
           order by xact_start limit 1) as "heldBy"
    from security.person_keys where wrapped is null`;

export const destroyedKeys = async (pool: pg.Pool, largest = LARGEST_REWRITTEN): Promise<DestroyedKeys> => {
  const { rows } = await pool.query<Omit<DestroyedKeys, 'large'>>(DESTROYED);
  const found = rows[0] ?? { count: 0, lastAt: null, waiting: 0, pausedUntil: null, heldBy: null };
  return { ...found, large: await largePersonalTables(pool, largest) };
};
