import type pg from 'pg';

/** The node that tells witnesses holds this lock. */
export const TELLING_LOCK = 7226435;
/** The node that has messages go whose time is over holds this lock. */
export const RETENTION_LOCK = 7226436;
const TRY_LOCK = 'select pg_try_advisory_lock($1) as locked';
const UNLOCK = 'select pg_advisory_unlock($1)';

/** Works unless another node is at it; says whether it has. The lock is that of a session: no transaction is open meanwhile. */
export const aloneIn =
  (pool: pg.Pool, lock: number) =>
  async (work: () => Promise<void>): Promise<boolean> => {
    const client = await pool.connect();
    try {
      const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK, [lock]);
      const isAlone = rows[0]?.locked === true;
      if (isAlone) {
        await work();
        await client.query(UNLOCK, [lock]);
      }
      client.release();
      return isAlone;
    } catch (error) {
      client.release(true); // the lock ends with the session
      throw error;
    }
  };
