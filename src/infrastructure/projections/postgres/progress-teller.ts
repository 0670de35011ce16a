import type pg from 'pg';
import type { Position } from '../../../domain/kernel/ids.js';
import { OWNER_SETTING, ownerOf } from '../../postgres/owner-of.js';
import type { ProgressTeller } from '../progress-teller.js';
import { PROGRESS_CHANNEL, TELL_REVISED } from './checkpoint.sql.js';

/** The owner is named for this statement alone: the connection is of a pool. */
const TELL = {
  name: 'projections.tell',
  text: `select log.tell_others('${PROGRESS_CHANNEL}', $1) from set_config('${OWNER_SETTING}', $2, true)`,
};

/**
 * Tells other nodes through PostgreSQL how far projections have come that are kept elsewhere. While it is being told, only the newest
 * position is kept. What cannot be told is looked up by whoever waits for it.
 */
export const createProgressTeller = (pool: pg.Pool): ProgressTeller => {
  const waiting = new Map<string, Position>();
  let isTelling = false;
  const tell = async (): Promise<void> => {
    if (isTelling) return;
    isTelling = true;
    for (const [name, position] of waiting) {
      waiting.delete(name);
      const values = [`${name} ${position}`, ownerOf(pool.options)];
      await pool.query({ ...TELL, values }).catch(() => undefined); // whoever waits looks it up
    }
    isTelling = false;
  };
  return {
    advanced: (name, position) => {
      waiting.set(name, position);
      void tell();
    },
    revised: (name) => {
      pool.query(TELL_REVISED, [name]).catch(() => undefined); // the next announcement has the positions at least
    },
  };
};
