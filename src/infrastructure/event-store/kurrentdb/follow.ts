import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { SubscribeOptions } from '../../../application/ports/event-store.js';
import type { RawBatch } from '../../../application/ports/raw-log.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached, LOG_START } from '../../../domain/kernel/position.js';
import { passes } from '../event-filter.js';
import type { StoreLog } from '../store-observer.js';
import { backOff, pause, type CallParts } from './calls.js';
import { isTransient } from './kurrentdb-errors.js';
import type { LogReader } from './log-reader.js';
import { SubscriptionSource, type Run } from './subscription-source.js';

export interface FollowParts extends CallParts {
  readonly client: KurrentDBClient;
  readonly reader: LogReader;
}

/** The log has gone on, and the subscription was told nothing of it. */
class StalledError extends Error {
  override readonly name = 'StalledError';
}

const report = (log: StoreLog, err: unknown, after: Position): void => {
  const message = 'subscription of KurrentDB ended, subscribing again';
  if (isTransient(err) || err instanceof StalledError) log.warn({ err, after }, message);
  else log.error({ err, after }, message);
};

/** Asks where the log ends. Nobody waits for it: readers have connections of their own, which may be slower than a subscription. */
class HeadQuestion {
  readonly #parts: FollowParts;
  #isAsking = false;
  /** The answer; undefined while there is none. */
  head: Position | undefined;

  constructor(parts: FollowParts) {
    this.#parts = parts;
  }

  async ask(signal: AbortSignal): Promise<void> {
    if (this.#isAsking || signal.aborted) return;
    this.#isAsking = true;
    this.head = await this.#parts.reader.head().catch((err: unknown) => {
      if (!signal.aborted) this.#parts.log.warn({ err }, 'KurrentDB does not say where its log ends, asking again');
      return undefined;
    });
    this.#isAsking = false;
  }
}

/** Waits for news. After each quiet time it asks the log itself, so that a subscription that has died in silence is noticed. */
async function* runsOf(
  parts: FollowParts,
  source: SubscriptionSource,
  reached: () => Position,
  signal: AbortSignal,
): AsyncGenerator<Run> {
  const question = new HeadQuestion(parts);
  while (!signal.aborted) {
    const run = await source.next(parts.limits.quietMs, signal);
    const { head } = question;
    if (run) yield run;
    else if (head !== undefined && !hasReached(reached(), head)) throw new StalledError(`no event came up to ${head}`);
    else void question.ask(signal);
  }
}

/** Answers what is new behind a position. */
const batchOf = (after: Position, { events, caughtUp }: Run): RawBatch => {
  const news = events.filter(({ position }) => comparePositions(position, after) > 0);
  return { after, events: news, position: news.at(-1)?.position ?? after, passed: news.length, caughtUp };
};

/**
 * Follows the log, whatever fails: a subscription of the client that has ended is followed by another one, from the last
 * position that was handed out. What is behind that position was not handed out, and what is not was: so there is neither a
 * hole nor an event that comes twice.
 */
export async function* follow(
  parts: FollowParts,
  { after = LOG_START, filter, signal }: SubscribeOptions,
): AsyncGenerator<RawBatch> {
  const { client, limits, log } = parts;
  const accept = passes(filter);
  let reached = after;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const source = new SubscriptionSource(client, reached, limits.unreadEvents);
    try {
      for await (const run of runsOf(parts, source, () => reached, signal)) {
        attempt = 0;
        const batch = batchOf(reached, run);
        reached = batch.position;
        yield { ...batch, events: batch.events.filter(accept) };
      }
    } catch (error) {
      report(log, error, reached);
    } finally {
      source.close();
    }
    await pause(backOff(attempt), signal);
  }
}
