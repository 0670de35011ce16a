import type pg from 'pg';
import { untilLocked } from '../postgres/until-locked.js';
import { CopyRefusedError } from './moved-log.js';

const LOCK = 7226433;
const TRY_LOCK = { text: 'select pg_try_advisory_lock($1) as locked', values: [LOCK] };
/** The connection of a copy that was killed just now ends within this time. */
const LOCK_WITHIN_MS = 5_000;

/** Keeps other copies away from the database of one. */
export interface CopyLock {
  release(): void;
}

const isLocked = async (pool: pg.Pool): Promise<boolean> => {
  const client = await pool.connect();
  try {
    return (await client.query<{ locked: boolean }>(TRY_LOCK)).rows[0]?.locked === true;
  } finally {
    client.release(true); // with the connection goes the lock
  }
};

/**
 * Locks the database of a copy. The lock cannot be taken twice, which tells whether two addresses lead to the same database. Raises
 * `CopyRefusedError` then, and where another copy is being made there.
 */
export const lockForCopy = async (from: pg.Pool, to: pg.Pool): Promise<CopyLock> => {
  const holder = await to.connect();
  holder.on('error', () => undefined); // without the lock, what is expected of the target still guards it
  try {
    const inTime = AbortSignal.timeout(LOCK_WITHIN_MS);
    await untilLocked(holder, TRY_LOCK, inTime).catch((error: unknown) => {
      if (!inTime.aborted) throw error;
      throw new CopyRefusedError('another copy is being made in this database: wait for its end');
    });
    if (!(await isLocked(from)))
      throw new CopyRefusedError('the copy needs a database of its own, and this is the one that is copied');
    return { release: () => holder.release(true) };
  } catch (error) {
    holder.release(true);
    throw error;
  }
};
