import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import {
  ConcurrencyError,
  type EventFilter,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '../../src/application/ports/event-store.js';
import type { EventId, Position, StreamId } from '../../src/domain/kernel/ids.js';
import { hasReached } from '../../src/domain/kernel/position.js';
import { eventNumbered } from '../support/test-codec.js';
import { collect, newCategory, newStream, type StoreUnderTest } from './store-steps.js';

const OTHERS = 3;
const CALLERS = 8;
const APPENDS_EACH = 20;
/** Subscribers start from the middle once the log is this long. */
const MIDDLE = 200;

const filtersOf = (own: string): readonly (EventFilter | undefined)[] => [
  undefined,
  { types: ['SessionRefreshed'] },
  { streamPrefixes: [`${own}-`] },
  {},
];
/** A slow subscriber asks the store this often before it takes its next batch. */
const PACES = { quick: 0, slow: 3, 'very slow': 25 };

/**
 * Appends events one after the other. Now and then it repeats an append or makes one that is refused, so that groups
 * are judged one by one.
 */
const keepAppending = async (store: EventStore, category: string, shared: StreamId): Promise<void> => {
  const streamId = newStream(category);
  const repeated: boolean[] = [];
  const refused: unknown[] = [];
  let last: { readonly streamId: StreamId; readonly events: readonly NewEvent[] } | undefined;
  const append = (to: StreamId, expected: 'any' | 'no stream', events: readonly NewEvent[]) =>
    store.append({ streams: [{ streamId: to, expected, events }] });
  for (let n = 0; n < APPENDS_EACH; n += 1) {
    const events = Array.from({ length: 1 + (n % 3) }, () =>
      eventNumbered(n, n % 2 ? 'SessionRefreshed' : 'RequestAccepted'),
    );
    if (n % 7 === 3 && last) repeated.push((await append(last.streamId, 'any', last.events)).repeated);
    if (n % 11 === 5) refused.push(await append(shared, 'no stream', events).catch((error: unknown) => error));
    last = { streamId: n % 5 ? streamId : shared, events };
    await append(last.streamId, 'any', events);
  }
  expect(repeated).to.deep.equal(repeated.map(() => true));
  for (const refusal of refused) expect(refusal).to.be.instanceOf(ConcurrencyError);
};

const untilAppended = async (store: EventStore, after: Position, count: number): Promise<void> => {
  let seen = 0;
  for await (const { events } of store.subscribe({ after, signal: new AbortController().signal }))
    if ((seen += events.length) >= count) return;
};

/** What a subscription has given, up to a position. */
interface Followed {
  readonly events: readonly RecordedEvent[];
  /** The events that it has passed, filtered events included. */
  readonly passed: number;
  readonly upTo: Position;
}

/** Tests what every subscription guarantees while this process and others append all the time. */
export const describeFollowers = (opened: () => StoreUnderTest): void => {
  let lastId: EventId | 'not appended yet';

  const follow = async (after: Position, filter: EventFilter | undefined, pace: number): Promise<Followed> => {
    const { store } = opened();
    const ending = new AbortController();
    const seen: RecordedEvent[] = [];
    let position = after;
    let passed = 0;
    for await (const batch of store.subscribe({ after, signal: ending.signal, ...(filter && { filter }) })) {
      expect(batch.after).to.equal(position);
      position = batch.position;
      passed += batch.passed;
      seen.push(...batch.events);
      if (batch.events.some(({ eventId }) => eventId === lastId)) ending.abort();
      for (let asked = 0; asked < pace; asked += 1) await store.head();
    }
    return { events: seen, passed, upTo: position };
  };

  const followAll = (after: Position, own: string) =>
    filtersOf(own).flatMap((filter) =>
      Object.entries(PACES).map(([pace, asks]) => ({ after, filter, pace, seen: follow(after, filter, asks) })),
    );

  /**
   * A process lost the events of others for good that stood between two groups of its own: a subscriber that lagged was
   * given both groups as one.
   */
  it('gives each subscriber all of the log while four append to it, with repeats and conflicts', async function () {
    this.timeout(120_000);
    lastId = 'not appended yet';
    const { store, beside } = opened();
    const own = newCategory('own');
    const start = await store.head();
    const shared = newStream('shared');
    await store.append({ streams: [{ streamId: shared, expected: 'any', events: [eventNumbered(0)] }] });
    const others = await Promise.all(Array.from({ length: OTHERS }, beside));
    const fromTheStart = followAll(start, own);
    const appending = [store, ...others].flatMap((each, index) =>
      Array.from({ length: CALLERS }, () => keepAppending(each, index === 0 ? own : 'other', shared)),
    );
    await untilAppended(store, start, MIDDLE);
    const fromTheMiddle = followAll(await store.head(), own);
    await Promise.all(appending);
    const last = eventNumbered(0, 'SessionRefreshed'); // it passes every filter
    lastId = last.eventId;
    const { position: upTo } = await store.append({
      streams: [{ streamId: newStream(own), expected: 'any', events: [last] }],
    });
    for (const { after, filter, pace, seen } of [...fromTheStart, ...fromTheMiddle]) {
      const expected = await collect(store.readAll({ after, upTo, ...(filter && { filter }) }));
      const { events, passed, upTo: reached } = await seen;
      expect(passed, pace).to.equal((await collect(store.readAll({ after, upTo: reached }))).length);
      const found = events.filter(({ position }) => hasReached(upTo, position));
      const firstWrong = expected.findIndex((event, index) => !isDeepStrictEqual(event, found[index]));
      expect({ firstWrong, count: found.length }, `${pace} from ${after}, ${JSON.stringify(filter)}`).to.deep.equal({
        firstWrong: -1,
        count: expected.length,
      });
    }
  });
};
