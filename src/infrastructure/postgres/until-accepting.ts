import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../error-code.js';

const CANNOT_CONNECT_NOW = '57P03';
const RETRY_MS = 500;
const LONGEST_MS = 60_000;

const isStarting = (error: unknown): boolean =>
  errorCode(error) === CANNOT_CONNECT_NOW ||
  errorCode((error as { readonly cause?: unknown }).cause) === CANNOT_CONNECT_NOW;

export interface AcceptingParts {
  readonly signal: AbortSignal;
  /** Called once, when the database is found starting. */
  readonly onWaiting: () => void;
  readonly longestMs?: number;
}

/**
 * Connects to a database that may just be starting, as behind a crash, when it has to go through its log first: tries
 * again while the database says so, for a minute at most. Every other failure is raised at once.
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
      if (!isStarting(error) || performance.now() >= giveUpAt) throw error;
      if (attempt === 0) onWaiting();
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
};
