import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

const ASK_AGAIN_MS = 100;

/**
 * Takes a lock of the session, however long another session keeps it. It asks again and again, as a question that waits in
 * the database could not be given up. Raises the signal's `AbortError` when that comes first.
 */
export const untilLocked = async (
  client: pg.ClientBase,
  tryLock: { readonly text: string; readonly values: unknown[] },
  signal: AbortSignal,
): Promise<void> => {
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>(tryLock);
    if (rows[0]?.locked) return;
    await sleep(ASK_AGAIN_MS, undefined, { signal });
  }
};
