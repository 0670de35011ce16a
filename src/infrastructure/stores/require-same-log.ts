import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';

/** The read models were made from another log than the one that the configuration names. The message says what to do. */
export class OtherLogError extends Error {
  override readonly name = 'OtherLogError';
}

const FIND = `
  select exists (select from log.events) as "hasOwn",
         (select coalesce(max(position), 0)::text from projections.checkpoints) as reached`;

interface Found {
  /** Whether the database holds events. */
  readonly hasOwn: boolean;
  /** The last position that a read model has seen. */
  readonly reached: Position;
}

const requireOfKurrentDb = async ({ hasOwn, reached }: Found, log: Pick<EventStore, 'head'>): Promise<void> => {
  if (hasOwn)
    throw new OtherLogError('the database holds a log of its own: leave KURRENTDB_URL unset, or take another database');
  if (!hasReached(await log.head(), reached))
    throw new OtherLogError(
      `the read models have seen the log up to ${reached}, which the one at KURRENTDB_URL has not reached: it is another log, ` +
        'or an older copy of theirs',
    );
};

/**
 * Refuses a log that is not the one from which the database has made its read models: their checkpoints are positions of
 * that one, and would pass over the events of another.
 */
export const requireSameLog = async (
  pool: pg.Pool,
  log: Pick<EventStore, 'head'>,
  isInKurrentDb: boolean,
): Promise<void> => {
  const [found] = (await pool.query<Found>(FIND)).rows as [Found];
  if (isInKurrentDb) return requireOfKurrentDb(found, log);
  if (!found.hasOwn && found.reached !== LOG_START)
    throw new OtherLogError('the database belongs to a log in KurrentDB: set KURRENTDB_URL');
};
