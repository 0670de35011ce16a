import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBatch, RecordedEvent, SubscribeOptions } from '../../../application/ports/event-store.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../../domain/kernel/position.js';
import { isTransient } from '../../postgres/sql-state.js';
import { passes } from '../event-filter.js';
import type { CommitFeed, FeedReader } from './commit-feed.js';
import type { LogPage, LogReader } from './log-reader.js';
import type { StoreLimits, StoreLog } from './store-limits.js';

const RETRY_MS = 200;

export interface SubscriptionParts {
  readonly reader: LogReader;
  readonly feed: CommitFeed;
  readonly limits: StoreLimits;
  readonly log: StoreLog;
}

const isNext = (position: Position, after: Position): boolean => BigInt(position) === BigInt(after) + 1n;

/**
 * Catches up from the table, then follows what this process commits. Positions are dense,
 * so a group that does not begin right behind the last one tells that another process has written between.
 */
export async function* subscribe(parts: SubscriptionParts, options: SubscribeOptions): AsyncGenerator<EventBatch> {
  const { feed } = parts;
  const { signal } = options;
  const accept = passes(options.filter);
  const reader = feed.open();
  try {
    let after = options.after ?? LOG_START;
    while (!signal.aborted) {
      const page = await readPage(parts, options, after);
      if (!page) return;
      after = page.position;
      yield { events: page.events, position: after, caughtUp: page.atHead };
      if (!page.atHead) continue;
      for await (const group of handedOver(reader, after, parts.limits.pollMs, signal)) {
        after = (group.at(-1) as RecordedEvent).position;
        yield { events: group.filter(accept), position: after, caughtUp: true };
      }
    }
  } finally {
    feed.close(reader);
  }
}

/** The groups that follow on each other without a gap; ends when the table must be read. */
async function* handedOver(
  reader: FeedReader,
  from: Position,
  pollMs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly RecordedEvent[]> {
  let after = from;
  while (!signal.aborted) {
    const group = reader.take() ?? (await waitedFor(reader, pollMs, signal));
    const fresh = group.filter(({ position }) => !hasReached(after, position));
    const [first] = fresh;
    const last = fresh.at(-1);
    if (group.length === 0 || (first && !isNext(first.position, after))) return;
    if (!last) continue;
    after = last.position;
    yield fresh;
  }
}

/** Nothing when the table must be looked at. */
const waitedFor = async (
  reader: FeedReader,
  pollMs: number,
  signal: AbortSignal,
): Promise<readonly RecordedEvent[]> => {
  await reader.wait(pollMs, signal);
  return reader.take() ?? [];
};

/** The next page, tried again while the database is out of reach; undefined when the subscription ended meanwhile. */
const readPage = async (
  { reader, log }: SubscriptionParts,
  { filter, signal }: SubscribeOptions,
  after: Position,
): Promise<LogPage | undefined> => {
  while (!signal.aborted) {
    try {
      return await reader.page(after, await reader.head(), filter);
    } catch (error) {
      if (!isTransient(error)) throw error;
      log.warn({ err: error, after }, 'subscription lost its connection, trying again');
      await sleep(RETRY_MS);
    }
  }
  return undefined;
};
