import { setTimeout as sleep } from 'node:timers/promises';
import { KeyUnavailableError } from '../../../application/ports/event-codec.js';
import type { EventBatch, RecordedEvent, SubscribeOptions } from '../../../application/ports/event-store.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import { isTransient } from '../../postgres/sql-state.js';
import { passes } from '../event-filter.js';
import { parted } from '../log-entry.js';
import type { CommitFeed, FeedReader } from './commit-feed.js';
import { behind, isDense } from './dense.js';
import type { LogPage, LogReader } from './log-reader.js';
import type { StoreLimits, StoreLog, StoreObserver } from './store-limits.js';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

export interface SubscriptionParts {
  readonly reader: Pick<LogReader, 'head' | 'page'>;
  readonly feed: CommitFeed;
  readonly limits: StoreLimits;
  readonly log: StoreLog;
  readonly observer: StoreObserver;
}

/**
 * Catches up from the table, then follows what this process commits. Positions are dense in this store: a run that was
 * handed over is passed on only where it is proven to follow on the position before it. Anything else is read from the table.
 */
export async function* subscribe(parts: SubscriptionParts, options: SubscribeOptions): AsyncGenerator<EventBatch> {
  const { feed, limits } = parts;
  const { filter, signal } = options;
  const accept = passes(filter);
  const handed = feed.open();
  try {
    let after = options.after ?? LOG_START;
    while (!signal.aborted) {
      const page = await readPage(parts, options, after);
      if (!page) return;
      const { events, undecodable } = parted(page.entries);
      for (const event of undecodable) parts.observer.undecodable(event);
      yield { after, events, undecodable, position: page.position, caughtUp: page.atHead };
      after = page.position;
      if (!page.atHead) continue;
      for await (const run of provenRuns(handed, after, limits.pollMs, signal)) {
        const position = (run.at(-1) as RecordedEvent).position;
        yield { after, events: run.filter(accept), undecodable: [], position, caughtUp: true };
        after = position;
      }
    }
  } finally {
    feed.close(handed);
  }
}

/** What was handed over, as long as it follows on the position without a hole; ends when the table must be read. */
async function* provenRuns(
  handed: FeedReader,
  from: Position,
  pollMs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly RecordedEvent[]> {
  let after = from;
  while (!signal.aborted) {
    const run = await handed.next(pollMs, signal);
    const fresh = behind(run, after);
    if (run.length === 0 || !isDense(fresh, after)) return;
    const last = fresh.at(-1);
    if (!last) continue; // all of it has been read from the table
    after = last.position;
    yield fresh;
  }
}

/** Ends early by the signal. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined); // it rejects by the signal alone

/**
 * The next page; undefined when the subscription ended meanwhile. Whatever fails is tried again: a subscription that ended
 * by an error would leave its consumer behind for good, with nobody to start it again.
 */
const readPage = async (
  { reader, log }: SubscriptionParts,
  { filter, signal }: SubscribeOptions,
  after: Position,
): Promise<LogPage | undefined> => {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      return await reader.page(after, await reader.head(), filter);
    } catch (error) {
      // Another node may know the key: its consumer gives way to that one's, and is started again.
      if (error instanceof KeyUnavailableError) throw error;
      if (isTransient(error)) log.warn({ err: error, after }, 'subscription lost its connection, trying again');
      else log.error({ err: error, after }, 'subscription cannot read the log, trying again');
      await pause(Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS), signal);
    }
  }
  return undefined;
};
