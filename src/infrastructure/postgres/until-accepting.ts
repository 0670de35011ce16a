import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../error-code.js';

/** Why a database lets nobody in that it will let in later, by the SQLSTATEs of the PostgreSQL manual. */
const WAITED_FOR: ReadonlyMap<unknown, string> = new Map([
  ['57P03', 'the database is starting'], // cannot_connect_now
  ['53300', 'all connections of the database are taken'], // too_many_connections
]);
const RETRY_MS = 500;
const LONGEST_MS = 60_000;

const reasonToWait = (error: unknown): string | undefined =>
  WAITED_FOR.get(errorCode(error)) ?? WAITED_FOR.get(errorCode((error as { readonly cause?: unknown }).cause));

export interface AcceptingParts {
  readonly signal: AbortSignal;
  /** Called once, with the reason, when the database is found to let nobody in. */
  readonly onWaiting: (reason: string) => void;
  readonly longestMs?: number;
}

/**
 * Connects to a database that may just be starting, as behind a crash, when it has to go through its log first, or whose connections
 * may all be taken: tries again while the database says so, for a minute at most. Every other failure is raised at once.
 */
export const untilAccepting = async <Client>(
  connect: () => Promise<Client>,
  { signal, onWaiting, longestMs = LONGEST_MS }: AcceptingParts,
): Promise<Client> => {
  const giveUpAt = performance.now() + longestMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await connect();
    } catch (error) {
      const reason = reasonToWait(error);
      if (reason === undefined || performance.now() >= giveUpAt) throw error;
      if (attempt === 0) onWaiting(reason);
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
};
