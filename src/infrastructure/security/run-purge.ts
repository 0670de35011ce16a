import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { ReleaseStack } from '../release-stack.js';
import { purgeErased } from './purge-erased.js';

interface PurgeParts {
  readonly pool: pg.Pool;
  readonly log: Logger;
  readonly releases: ReleaseStack;
  /** Throws away what rebuilds have left of erased users. Answers whether one is under way, which may leave something as well. */
  readonly dropLeftovers: () => Promise<boolean>;
}

/** The purge, while it runs. */
export interface RunningPurge {
  /** Is told that users were erased. */
  erased(): void;
}

/** The pause between two looks for something to do. The database says how often tables are written anew. */
const LOOK_AGAIN_MS = 10_000;

/**
 * Removes the keys of erased users, and what read models held of them, from the files of the database, and from what rebuilds have
 * left, wherever that is, until it is released.
 */
export const runPurge = ({ pool, log, releases, dropLeftovers }: PurgeParts): RunningPurge => {
  const ending = new AbortController();
  const { signal } = ending;
  let reported = 0;
  // What was being filled at the start may have been left since. A store that is not in the database counts nobody as waiting.
  let mayBeLeft = true;
  const purgeOnce = async (): Promise<void> => {
    const { purged, cleared, waiting } = await purgeErased(pool);
    if (purged + cleared > 0)
      log.info({ keys: purged, users: cleared }, 'erased users removed from the files of the database');
    if (waiting > 0 && waiting !== reported)
      log.warn({ users: waiting }, 'erased users are still in the files of the database, trying again');
    reported = waiting;
    if (waiting > 0) mayBeLeft = true;
  };
  const dropOnce = async (): Promise<void> => {
    if (!mayBeLeft) return;
    mayBeLeft = false; // It is set again by whatever happens meanwhile.
    try {
      if (await dropLeftovers()) mayBeLeft = true;
    } catch (error) {
      mayBeLeft = true;
      throw error;
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await purgeOnce().catch((error: unknown) => {
        log.warn({ err: error }, 'erased users could not be removed from the files of the database, trying again');
      });
      await dropOnce().catch((error: unknown) => {
        log.warn({ err: error }, 'erased users could not be removed from what rebuilds have left, trying again');
      });
      await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined); // The signal ends the pause.
    }
  };
  const running = run();
  releases.own('purge', ending, async (it) => {
    it.abort();
    await running;
  });
  return {
    erased: () => {
      mayBeLeft = true;
    },
  };
};
