import { expect } from 'chai';
import { KeyUnavailableError } from '../../../src/application/ports/event-codec.js';
import type { EventBatch, SubscribeOptions, UndecodableEvent } from '../../../src/application/ports/event-store.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import type { LogEntry } from '../../../src/infrastructure/event-store/log-entry.js';
import { CommitFeed } from '../../../src/infrastructure/event-store/postgres/commit-feed.js';
import { STORE_LIMITS } from '../../../src/infrastructure/event-store/postgres/store-limits.js';
import { subscribe, type SubscriptionParts } from '../../../src/infrastructure/event-store/postgres/subscription.js';
import { recordedAt } from '../../support/recorded-event.js';

const PAGE = 2;
/** With this limit no subscription polls while a test lasts. */
const LIMITS = { ...STORE_LIMITS, pollMs: 2 ** 30 };

/** A table that counts the pages that readers take, and fails those that it is told to fail. */
class Table {
  readonly entries: LogEntry[] = [];
  readonly failures: Error[] = [];
  pages = 0;

  readonly reader: SubscriptionParts['reader'] = {
    head: async () => String(this.entries.length) as Position,
    page: async (after, head) => {
      this.pages += 1;
      const failure = this.failures.shift();
      if (failure) throw failure;
      const position = Math.min(Number(after) + PAGE, Number(head));
      return {
        entries: this.entries.slice(Number(after), position),
        position: String(position) as Position,
        atHead: position === Number(head),
      };
    },
  };
}

class CountedFeed extends CommitFeed {
  readers = 0;

  override open(...given: Parameters<CommitFeed['open']>): ReturnType<CommitFeed['open']> {
    this.readers += 1;
    return super.open(...given);
  }

  override close(reader: ReturnType<CommitFeed['open']>): void {
    this.readers -= 1;
    super.close(reader);
  }
}

describe('A subscription', () => {
  let table: Table;
  let feed: CountedFeed;
  let ending: AbortController;
  let logged: string[];
  let undecodable: UndecodableEvent[];

  beforeEach(() => {
    table = new Table();
    feed = new CountedFeed(100);
    ending = new AbortController();
    logged = [];
    undecodable = [];
  });

  const start = (options: Omit<SubscribeOptions, 'signal'> = {}) => {
    const note = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) =>
      logged.push(`${level}: ${message}: ${String(fields['err'])} behind ${String(fields['after'])}`);
    const log = { warn: note('warn'), error: note('error') };
    const observer = { committed: () => undefined, undecodable: (event: UndecodableEvent) => undecodable.push(event) };
    const parts = { reader: table.reader, feed, limits: LIMITS, log, observer };
    return subscribe(parts, { ...options, signal: ending.signal });
  };
  const next = async (subscription: AsyncGenerator<EventBatch>) => (await subscription.next()).value as EventBatch;

  const append = (...positions: readonly number[]) => {
    const events = positions.map(recordedAt);
    table.entries.push(...events);
    return events;
  };

  it('reads the table page by page, and says when it has come to its end', async () => {
    const events = append(1, 2, 3);
    const subscription = start();
    expect(await next(subscription)).to.deep.equal({
      after: '0',
      events: events.slice(0, 2),
      undecodable: [],
      position: '2',
      passed: 2,
      caughtUp: false,
    });
    expect(await next(subscription)).to.deep.equal({
      after: '2',
      events: events.slice(2),
      undecodable: [],
      position: '3',
      passed: 1,
      caughtUp: true,
    });
  });

  it('does not read back what the feed gives', async () => {
    append(1);
    const subscription = start({ filter: { types: ['SessionRefreshed'] } });
    await next(subscription);
    const [second, third] = append(2, 3);
    feed.publish([second!]);
    feed.publish([third!]);
    const handed = { after: '1', events: [third], undecodable: [], position: '3', passed: 2, caughtUp: true };
    expect(await next(subscription)).to.deep.equal(handed);
    const [fourth] = append(4);
    feed.publish([fourth!]);
    expect(await next(subscription)).to.deep.equal({ ...handed, after: '3', events: [], position: '4', passed: 1 });
    expect(table.pages).to.equal(1);
  });

  it('passes over what it has read already, and passes on what the feed gives behind that', async () => {
    const [first, second] = append(1, 2);
    const subscription = start();
    const page = subscription.next();
    feed.publish([first!]);
    feed.publish([second!]);
    expect(await page).to.have.nested.property('value.position', '2');
    const [third] = append(3);
    feed.publish([third!]);
    expect(await next(subscription))
      .to.have.property('events')
      .that.deep.equals([third]);
    expect(table.pages).to.equal(1);
  });

  it('waits on where all that the feed gives has been read already', async () => {
    const events = append(1, 2);
    const subscription = start();
    const page = subscription.next();
    feed.publish(events);
    await page;
    const later = subscription.next();
    await new Promise(setImmediate);
    const [third] = append(3);
    feed.publish([third!]);
    expect(await later)
      .to.have.nested.property('value.events')
      .that.deep.equals([third]);
    expect(table.pages).to.equal(1);
  });

  it('reads the table where what the feed gives does not follow on', async () => {
    append(1);
    const subscription = start();
    await next(subscription);
    const [second, third] = append(2, 3);
    feed.publish([third!]);
    expect(await next(subscription))
      .to.have.property('events')
      .that.deep.equals([second, third]);
    expect(table.pages).to.equal(2);
  });

  it('reads the table where it is notified of what the feed did not give', async () => {
    append(1);
    const subscription = start();
    await next(subscription);
    const [second] = append(2);
    const later = subscription.next();
    feed.publish([]);
    expect(await later)
      .to.have.nested.property('value.events')
      .that.deep.equals([second]);
  });

  it('reports what cannot be decoded, and passes on the others', async () => {
    const [first] = append(1);
    const { data: _, metadata: __, ...header } = recordedAt(2);
    const spoiled: UndecodableEvent = { ...header, reason: 'it is spoiled' };
    table.entries.push(spoiled);
    const batch = await next(start());
    expect(batch).to.deep.include({ events: [first], undecodable: [spoiled], position: '2' });
    expect(undecodable).to.deep.equal([spoiled]);
  });

  it('tries again whatever fails, and says what needs somebody to look', async () => {
    append(1);
    table.failures.push(Object.assign(new Error('cut'), { code: 'ECONNRESET' }), new Error('cannot be'));
    expect(await next(start())).to.have.property('position', '1');
    expect(logged).to.deep.equal([
      'warn: subscription lost its connection, trying again: Error: cut behind 0',
      'error: subscription cannot read the log, trying again: Error: cannot be behind 0',
    ]);
    expect(table.pages).to.equal(3);
  });

  it('ends while it waits to try again', async () => {
    table.failures.push(new Error('cannot be'));
    const over = start().next();
    while (logged.length === 0) await new Promise(setImmediate);
    ending.abort();
    expect(await over).to.deep.equal({ done: true, value: undefined });
    expect(table.pages).to.equal(1);
  });

  it('gives way where a key cannot be had, and lets go of its feed', async () => {
    table.failures.push(new KeyUnavailableError('of another node'));
    const error: unknown = await start()
      .next()
      .catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(KeyUnavailableError);
    expect(logged).to.deep.equal([]);
    expect(feed.readers).to.equal(0);
  });

  it('lets go of its feed when it ends', async () => {
    const subscription = start();
    await next(subscription);
    expect(feed.readers).to.equal(1);
    const over = subscription.next();
    ending.abort();
    expect(await over).to.deep.equal({ done: true, value: undefined });
    expect(feed.readers).to.equal(0);
  });
});
