import type pg from 'pg';
import { RebuildUnderWayError } from '../../../application/ports/projection-generations.js';
import { isLockOn } from '../../postgres/advisory-lock.js';
import { untimed } from '../../postgres/session.js';
import { untilLocked } from '../../postgres/until-locked.js';
import { thisProcess } from '../this-process.js';

const KEY = `hashtext('chatapp rebuild ' || $1)`;
export const TRY_LOCK = `select pg_try_advisory_lock(${KEY}) as locked`;
export const UNLOCK = `select pg_advisory_unlock(${KEY})`;

/** A session that holds the lock is named after its process, so that others can say who it is. */
const NAMED = 'chatapp rebuild, ';
const NAME_SESSION = `select set_config('application_name', $1, false)`;
const UNNAME_SESSION = 'reset application_name';
const HOLDER = `
  select replace(application_name, '${NAMED}', '') as by
    from pg_locks join pg_stat_activity using (pid)
   where ${isLockOn(KEY)}`;

type Work<Result> = (client: pg.PoolClient) => Promise<Result>;

/**
 * Gives the lock back, also where the work has failed: it would end with the connection, but only some time after that, and whoever
 * was waiting for the end would find it taken.
 */
const giveBack = async (client: pg.PoolClient, name: string): Promise<void> => {
  await client.query(UNNAME_SESSION);
  await client.query(UNLOCK, [name]);
};

/** Works once the session has the lock, and gives it back. */
const locked = async <Result>(
  pool: pg.Pool,
  name: string,
  lock: (client: pg.PoolClient) => Promise<void>,
  work: Work<Result>,
): Promise<Result> => {
  const client = await pool.connect();
  try {
    const result = await untimed(client, async () => {
      await lock(client);
      let done: Result;
      try {
        await client.query(NAME_SESSION, [`${NAMED}${thisProcess()}`]);
        done = await work(client);
      } catch (error) {
        await giveBack(client, name).catch(() => undefined); // a lost connection has lost the lock, too
        throw error;
      }
      await giveBack(client, name);
      return done;
    });
    client.release();
    return result;
  } catch (error) {
    client.release(true); // the lock ends with the connection
    throw error;
  }
};

/**
 * Nodes that bring the same projection up to date wait for each other: a new beginning would throw away what another
 * fills. The signal ends the wait.
 */
export const inTurn = <Result>(pool: pg.Pool, name: string, signal: AbortSignal, work: Work<Result>): Promise<Result> =>
  locked(pool, name, (client) => untilLocked(client, { text: TRY_LOCK, values: [name] }, signal), work);

/** Works at once. Raises `RebuildUnderWayError` when another node is at it. */
export const atOnce = <Result>(pool: pg.Pool, name: string, work: Work<Result>): Promise<Result> => {
  const lock = async (client: pg.PoolClient): Promise<void> => {
    const tried = await client.query<{ locked: boolean }>(TRY_LOCK, [name]);
    if (tried.rows[0]?.locked) return;
    const { rows } = await client.query<{ by: string }>(HOLDER, [name]);
    throw new RebuildUnderWayError(name, rows[0]?.by ?? 'another node');
  };
  return locked(pool, name, lock, work);
};
