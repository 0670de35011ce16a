import type pg from 'pg';
import type { MaintenanceTurns } from '../../application/ports/maintenance-turns.js';
import { isLockOn } from '../postgres/advisory-lock.js';
import { destroy, openSession } from '../postgres/session.js';

const KEY = `hashtext('chatapp maintenance ' || $1)`;
const TRY_LOCK = `select pg_try_advisory_lock(${KEY}) as locked`;
const IS_LOCKED = `select exists (select from pg_locks where ${isLockOn(KEY)}) as locked`;

const SESSION = { name: 'chatapp maintenance', settings: { statement_timeout: '30000' }, answerWithinMs: 35_000 };

/**
 * Keeps turns as locks of sessions, each on a connection of its own: maintenance takes as long as it takes, and requests would
 * miss a connection of the pool. PostgreSQL gives a turn back by itself when its process is gone.
 */
export const maintenanceTurnsIn = (pool: pg.Pool): MaintenanceTurns => ({
  take: async (projection) => {
    const ended = new AbortController();
    const client = await openSession(pool.options, SESSION, () => ended.abort());
    const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK, [projection]).catch((error: unknown): never => {
      destroy(client);
      throw error;
    });
    if (!rows[0]?.locked) {
      await client.end();
      return undefined;
    }
    return { lost: ended.signal, release: () => client.end() };
  },
  isTaken: async (projection) =>
    (await pool.query<{ locked: boolean }>(IS_LOCKED, [projection])).rows[0]?.locked ?? false,
});
