import { expect } from 'chai';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import type { RawEvent } from '../../../src/application/ports/raw-log.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { CommitFeed } from '../../../src/infrastructure/event-store/postgres/commit-feed.js';
import { subscribeRaw } from '../../../src/infrastructure/event-store/postgres/raw-subscription.js';
import { STORE_LIMITS } from '../../../src/infrastructure/event-store/postgres/store-limits.js';
import { positionOf } from '../../support/ids.js';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('A subscription to the stored bytes', () => {
  // Each reader that had stopped reading kept what the server committed meanwhile, up to 20,000 events of any size.
  it('keeps nothing of what is committed while its reader is slow', async () => {
    const feed = new CommitFeed(STORE_LIMITS.unreadEvents);
    const ending = new AbortController();
    const reader = {
      head: async () => positionOf(0),
      page: async () => ({ entries: [] as RawEvent[], position: LOG_START, atHead: true }),
    };
    const log = { error: () => undefined, warn: () => undefined };
    const slow = subscribeRaw({ reader, feed, limits: STORE_LIMITS, log }, { signal: ending.signal });
    await slow.next();
    const commit = () => {
      const event = { position: positionOf(1), data: { text: 'x'.repeat(1_000) } } as unknown as RecordedEvent;
      feed.publish([event]);
      return new WeakRef(event);
    };
    const committed = commit();
    await nextTurn();
    collectGarbage();
    expect(committed.deref()).to.equal(undefined);
    ending.abort();
    await slow.return(undefined);
  });
});
