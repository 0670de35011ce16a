import { setTimeout as sleep } from 'node:timers/promises';
import { answeredWithin } from '../../../application/kernel/answered-within.js';
import { EventStoreUnavailableError } from '../../../application/ports/event-store.js';
import type { StoreLog } from '../store-observer.js';
import { isTransient, NoAnswerError } from './kurrentdb-errors.js';
import type { KurrentDbLimits } from './store-limits.js';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

export interface CallParts {
  readonly limits: KurrentDbLimits;
  readonly log: StoreLog;
  /** Aborted when the store is closed. */
  readonly closing: AbortSignal;
}

/** Answers the pause before an attempt: it doubles, up to some seconds. */
export const backOff = (attempt: number): number => Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);

/** Waits for a time, or until the signal. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined); // it rejects by the signal alone

/**
 * Waits for a call no longer than this. A frozen server answers nothing, and the client has no limit for some calls and waits
 * for the others for long.
 */
export const answered = <Answer>(withinMs: number, call: Promise<Answer>): Promise<Answer> =>
  answeredWithin(withinMs, call, () => new NoAnswerError(`KurrentDB has not answered within ${withinMs} ms`));

/** Answers the time, by `performance.now`, after which a call that is asked for now is not made any more. */
export const giveUpTime = ({ retryForMs }: KurrentDbLimits): number => performance.now() + retryForMs;

const requireTime = (closing: AbortSignal, giveUpAt: number): void => {
  if (closing.aborted || performance.now() >= giveUpAt)
    throw new EventStoreUnavailableError('the log was closed or out of reach before the turn of this call');
};

/**
 * Makes a call, and makes it again while the server cannot be reached. Raises `EventStoreUnavailableError` when the time is
 * over, and other errors as they are. A call whose time went by while it waited for others is not made at all: each of those
 * that wait would else hold up the next one for as long as a frozen server is waited for.
 */
export const retried = async <Answer>(
  { limits, log, closing }: CallParts,
  call: (attempt: number) => Promise<Answer>,
  giveUpAt = giveUpTime(limits),
): Promise<Answer> => {
  requireTime(closing, giveUpAt);
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await answered(limits.answerWithinMs, call(attempt));
    } catch (error) {
      if (!isTransient(error)) throw error;
      const waitMs = backOff(attempt);
      if (closing.aborted || performance.now() + waitMs >= giveUpAt)
        throw new EventStoreUnavailableError('KurrentDB cannot be reached', { cause: error });
      log.warn({ err: error, attempt }, 'a call of KurrentDB failed, trying again');
      await pause(waitMs, closing);
    }
  }
};
