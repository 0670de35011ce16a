import type pg from 'pg';
import { untimed } from '../../postgres/session.js';
import { untilLocked } from '../../postgres/until-locked.js';

export const TRY_LOCK = `select pg_try_advisory_lock(hashtext('chatapp rebuild ' || $1)) as locked`;
export const UNLOCK = `select pg_advisory_unlock(hashtext('chatapp rebuild ' || $1))`;

/**
 * Nodes that bring the same projection up to date wait for each other: a new beginning would throw away what another
 * fills. The signal ends the wait.
 */
export const inTurn = async <Result>(
  pool: pg.Pool,
  name: string,
  signal: AbortSignal,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> => {
  const client = await pool.connect();
  try {
    const result = await untimed(client, async () => {
      await untilLocked(client, { text: TRY_LOCK, values: [name] }, signal);
      const done = await work(client);
      await client.query(UNLOCK, [name]);
      return done;
    });
    client.release();
    return result;
  } catch (error) {
    client.release(true); // the lock ends with the connection
    throw error;
  }
};
