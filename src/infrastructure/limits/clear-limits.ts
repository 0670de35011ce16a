import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { ReleaseStack } from '../release-stack.js';

interface ClearingParts {
  readonly pool: pg.Pool;
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

const EVERY_MS = 60_000;
const AT_A_TIME = 10_000;
/** The clocks of nodes differ: what has expired here may still count on another. */
const MARGIN_MS = 60_000;

/** Rows that another node clears, or counts on, at this moment are left to it. */
const CLEAR = `
  delete from security.limits
   where key = any (array(
     select key from security.limits where expire < $1 order by expire limit $2 for update skip locked))`;

/** Removes what has expired a minute ago, some at a time. Answers how many rows that were. */
export const clearLimits = async (pool: pg.Pool, now: number): Promise<number> => {
  for (let cleared = 0; ;) {
    const { rowCount } = await pool.query(CLEAR, [now - MARGIN_MS, AT_A_TIME]);
    cleared += rowCount ?? 0;
    if (rowCount !== AT_A_TIME) return cleared;
  }
};

/** Removes what has expired, every minute, until it is released. */
export const runLimitClearing = ({ pool, log, releases }: ClearingParts): void => {
  const ending = new AbortController();
  const { signal } = ending;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await clearLimits(pool, Date.now()).catch((error: unknown) => {
        log.warn({ err: error }, 'limits that have expired could not be removed, trying again');
      });
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined); // The signal ends the pause.
    }
  };
  const running = run();
  releases.own('limits', ending, async (it) => {
    it.abort();
    await running;
  });
};
