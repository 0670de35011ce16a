import type { SubscribeOptions } from '../../../application/ports/event-store.js';
import type { RawBatch, RawEvent } from '../../../application/ports/raw-log.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import { countBetween } from '../dense-positions.js';
import type { CommitFeed } from './commit-feed.js';
import { readPage, type PageParts } from './read-page.js';
import type { StoreLimits } from './store-limits.js';

export interface RawSubscriptionParts extends PageParts<RawEvent> {
  readonly feed: CommitFeed;
  readonly limits: StoreLimits;
}

/** It is woken by every commit, and keeps none of their events until it reads. */
const nothing = (): boolean => false;

/**
 * Follows the table itself: a commit of this process only wakes it. So what is hashed was stored, and nothing that came from
 * the feed has to be proven.
 */
export async function* subscribeRaw(parts: RawSubscriptionParts, options: SubscribeOptions): AsyncGenerator<RawBatch> {
  const { feed, limits } = parts;
  const { signal } = options;
  const woken = feed.open(nothing);
  try {
    let after = options.after ?? LOG_START;
    while (!signal.aborted) {
      const page = await readPage(parts, options, after);
      if (!page) return;
      const { entries, position, atHead } = page;
      yield { after, events: entries, position, passed: countBetween(after, position), caughtUp: atHead };
      after = position;
      if (atHead) await woken.next(limits.pollMs, signal);
    }
  } finally {
    feed.close(woken);
  }
}
