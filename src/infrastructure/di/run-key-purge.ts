import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { ReleaseStack } from '../release-stack.js';
import { purgeKeys } from '../security/purge-keys.js';

interface PurgeParts {
  readonly pool: pg.Pool;
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

/** Erasures that come meanwhile are purged together: writing the table anew keeps readers of keys waiting. */
const LOOK_AGAIN_MS = 10_000;

/** Removes the keys of erased users from the files of the database, until it is released. */
export const runKeyPurge = ({ pool, log, releases }: PurgeParts): void => {
  const ending = new AbortController();
  const { signal } = ending;
  let told = 0;
  const purgeOnce = async (): Promise<void> => {
    const { purged, waiting } = await purgeKeys(pool);
    if (purged > 0) log.info({ keys: purged }, 'destroyed keys removed from the files of the database');
    if (waiting > 0 && waiting !== told)
      log.warn({ keys: waiting }, 'destroyed keys are still in the files of the database, trying again');
    told = waiting;
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await purgeOnce().catch((error: unknown) => {
        log.warn({ err: error }, 'destroyed keys could not be removed from the files of the database, trying again');
      });
      await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined); // woken up to end
    }
  };
  const running = run();
  releases.own('key purge', ending, async (it) => {
    it.abort();
    await running;
  });
};
