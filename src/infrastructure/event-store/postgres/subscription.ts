import type { EventBatch, SubscribeOptions } from '../../../application/ports/event-store.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../../domain/kernel/position.js';
import { countBetween } from '../dense-positions.js';
import { passes } from '../event-filter.js';
import { parted, type LogEntry } from '../log-entry.js';
import type { CommitFeed, FeedReader, FeedRun } from './commit-feed.js';
import { behind } from './dense.js';
import { readPage, type PageParts } from './read-page.js';
import type { StoreLimits } from './store-limits.js';
import type { StoreObserver } from '../store-observer.js';

export interface SubscriptionParts extends PageParts<LogEntry> {
  readonly feed: CommitFeed;
  readonly limits: StoreLimits;
  readonly observer: StoreObserver;
}

/**
 * Catches up from the table, then follows what this process commits. Positions are dense in this store: events that came
 * from the feed are passed on only where they are proven to follow on the position before. Others are read from the table.
 */
export async function* subscribe(parts: SubscriptionParts, options: SubscribeOptions): AsyncGenerator<EventBatch> {
  const { feed, limits } = parts;
  const { filter, signal } = options;
  const reader = feed.open(passes(filter));
  try {
    let after = options.after ?? LOG_START;
    while (!signal.aborted) {
      const page = await readPage(parts, options, after);
      if (!page) return;
      const { events, undecodable } = parted(page.entries);
      for (const event of undecodable) parts.observer.undecodable(event);
      const { position, atHead } = page;
      yield { after, events, undecodable, position, passed: countBetween(after, position), caughtUp: atHead };
      after = position;
      if (!atHead) continue;
      for await (const run of provenRuns(reader, after, limits.pollMs, signal)) {
        const { events: news, upTo } = run;
        const passed = countBetween(after, upTo);
        yield { after, events: news, undecodable: [], position: upTo, passed, caughtUp: true };
        after = upTo;
      }
    }
  } finally {
    feed.close(reader);
  }
}

/** Takes runs from the feed as long as they follow on the position without a gap; ends when the table must be read. */
async function* provenRuns(
  reader: FeedReader,
  from: Position,
  pollMs: number,
  signal: AbortSignal,
): AsyncGenerator<FeedRun> {
  let after = from;
  while (!signal.aborted) {
    const run = await reader.next(pollMs, signal);
    if (!run || !hasReached(after, run.after)) return;
    if (hasReached(after, run.upTo)) continue; // all of it has been read from the table
    yield { after, upTo: run.upTo, events: behind(run.events, after) };
    after = run.upTo;
  }
}
