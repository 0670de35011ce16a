import { expect } from 'chai';
import {
  UndecodableEventError,
  type EventBatch,
  type EventFilter,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
  type SubscribeOptions,
  type UndecodableEvent,
} from '../../src/application/ports/event-store.js';
import type { Position, StreamId } from '../../src/domain/kernel/ids.js';
import { comparePositions, hasReached, LOG_START } from '../../src/domain/kernel/position.js';
import { eventNumbered, numberOf } from '../support/test-codec.js';
import { appendTo, collect, newCategory, newStream, type GetStore } from './store-steps.js';

/** Makes a filter that tells the events of these categories from all others in the log. */
const isOf =
  (...categories: readonly string[]) =>
  ({ streamId }: Pick<RecordedEvent, 'streamId'>): boolean =>
    categories.some((category) => streamId.startsWith(`${category}-`));

/** Tests what readers of an event store can rely on. */
export const describeReaders = (store: GetStore): void => {
  const append = appendTo(store);
  const follow = async (
    options: Omit<SubscribeOptions, 'signal'>,
    until: (batch: EventBatch, seen: readonly RecordedEvent[]) => boolean,
  ): Promise<RecordedEvent[]> => {
    const ending = new AbortController();
    const seen: RecordedEvent[] = [];
    for await (const batch of store().subscribe({ ...options, signal: ending.signal })) {
      seen.push(...batch.events);
      if (until(batch, seen)) ending.abort();
    }
    return seen;
  };

  describe('reading', () => {
    const fill = async (streamId: StreamId, count: number) =>
      append(streamId, 'no stream', ...Array.from({ length: count }, (_, n) => eventNumbered(n)));

    it('reads a stream both ways, from a revision, up to a limit', async () => {
      const streamId = newStream();
      await fill(streamId, 5);
      const numbers = async (options: Parameters<EventStore['readStream']>[1]) =>
        (await collect(store().readStream(streamId, options))).map(({ revision }) => revision);
      expect(await numbers({})).to.deep.equal([0, 1, 2, 3, 4]);
      expect(await numbers({ from: 2, limit: 2 })).to.deep.equal([2, 3]);
      expect(await numbers({ direction: 'backwards' })).to.deep.equal([4, 3, 2, 1, 0]);
      expect(await numbers({ direction: 'backwards', from: 2, limit: 2 })).to.deep.equal([2, 1]);
      expect(await collect(store().readStream(newStream()))).to.deep.equal([]);
    });

    it('answers how many streams end, and leaves out those that are absent', async () => {
      const [long, short, absent] = [newStream(), newStream(), newStream()];
      await fill(long, 3);
      await append(long, 2, eventNumbered(3, 'SessionRefreshed'));
      await fill(short, 1);
      expect(await store().heads([short, absent, long])).to.deep.equal(
        new Map([
          [short, { revision: 0, type: 'RequestAccepted' }],
          [long, { revision: 3, type: 'SessionRefreshed' }],
        ]),
      );
      expect(await store().heads([absent])).to.deep.equal(new Map());
      expect(await store().heads([])).to.deep.equal(new Map());
    });

    it('reads the whole log in order, behind a position, up to a limit, through a filter', async () => {
      const [left, right] = [newCategory('left'), newCategory('right')];
      const isOwn = isOf(left, right);
      const filter = { streamPrefixes: [`${left}-`, `${right}-`] };
      const after = await store().head();
      for (const category of [left, right]) await fill(newStream(category), 2);
      await append(newStream(right), 'any', eventNumbered(9, 'SessionRefreshed'));
      const all = (await collect(store().readAll({ after }))).filter(isOwn);
      const positions = all.map(({ position }) => position);
      expect(positions).to.deep.equal(positions.toSorted(comparePositions));
      expect(all).to.have.length(5);
      expect(await collect(store().readAll({ filter }))).to.deep.equal(all);
      expect(await collect(store().readAll({ after: positions[1]!, limit: 2, filter }))).to.deep.equal(all.slice(2, 4));
      const ofType = await collect(store().readAll({ after, filter: { types: ['SessionRefreshed'] } }));
      expect(ofType.filter(isOwn)).to.deep.equal(all.slice(4));
      expect(await collect(store().readAll({ filter: { streamPrefixes: [`${left}-`] } }))).to.deep.equal(
        all.slice(0, 2),
      );
      expect(hasReached(await store().head(), positions[4]!)).to.equal(true);
    });

    it('counts the events between two positions', async () => {
      const streamId = newStream();
      await fill(streamId, 5);
      const [first, , third, , last] = (await collect(store().readStream(streamId))).map(
        ({ position }) => position,
      ) as [Position, Position, Position, Position, Position];
      expect(await store().countBetween(first, last)).to.equal(4);
      expect(await store().countBetween(third, last)).to.equal(2);
      expect(await store().countBetween(last, last)).to.equal(0);
      expect(await store().countBetween(last, first)).to.equal(0);
    });

    it('finds the position so many events before another one, and the start of the log where there are fewer', async () => {
      const streamId = newStream();
      await fill(streamId, 5);
      const events = await collect(store().readStream(streamId));
      const last = events.at(-1)?.position as Position;
      for (const back of [0, 1, 3]) {
        const before = await store().positionBefore(last, back);
        expect(await collect(store().readAll({ after: before, upTo: last })), `${back} before`).to.deep.equal(
          events.slice(5 - back),
        );
      }
      const [first] = await collect(store().raw.readAll({ limit: 1 })); // it may be one that cannot be decoded
      expect(await store().positionBefore(first?.position as Position, 3)).to.equal(LOG_START);
    });

    it('takes the beginning of a stream by the letter, and an event that fits in two ways once', async () => {
      const own = newCategory('by');
      const after = await store().head();
      await fill(newStream(`behind${own}left`), 1);
      for (const category of ['l_ft', 'left', 'l%t', 'l\\t']) await fill(newStream(own + category), 1);
      const all = await collect(store().readAll({ filter: { streamPrefixes: [own] } }));
      expect(all).to.have.length(4);
      for (const [index, prefix] of ['l_', 'le', 'l%', 'l\\'].entries())
        expect(await collect(store().readAll({ filter: { streamPrefixes: [own + prefix] } })), prefix).to.deep.equal([
          all[index],
        ]);
      const filter: EventFilter = { types: ['RequestAccepted'], streamPrefixes: [`${own}l`] };
      const found = await collect(store().readAll({ after, filter }));
      expect(found.filter(({ streamId }) => streamId.startsWith(own))).to.deep.equal(all);
    });
  });

  /**
   * One event that could not be decoded failed its whole page, and ended every subscription that came to it for good.
   */
  describe('an event that cannot be decoded', () => {
    const fill = async () => {
      const category = newCategory();
      const streamId = newStream(category);
      const events = [eventNumbered(0), eventNumbered(1, 'EmailVerified'), eventNumbered(2)];
      await append(streamId, 'no stream', ...events);
      const { position: end } = await append(
        newStream(category),
        'no stream',
        eventNumbered(3, 'EmailVerified'),
        eventNumbered(4),
      );
      const filter = { streamPrefixes: [`${category}-`] };
      const positions = (await collect(store().raw.readAll({ filter }))).map(({ position }) => position);
      const { eventId } = events[1] as NewEvent;
      const rest = { streamId, revision: 1, eventId, type: 'EmailVerified', schemaVersion: 1 };
      return { streamId, filter, end, positions, header: { position: positions[1], ...rest } };
    };

    it('is passed on as such by a subscription, the others as they are', async () => {
      const { header, filter, end, positions } = await fill();
      const ending = new AbortController();
      const numbers: number[] = [];
      const undecodable: UndecodableEvent[] = [];
      for await (const batch of store().subscribe({ filter, signal: ending.signal })) {
        numbers.push(...batch.events.map(numberOf));
        undecodable.push(...batch.undecodable);
        if (hasReached(batch.position, end)) ending.abort();
      }
      expect(numbers).to.deep.equal([0, 2, 4]);
      expect(undecodable[0]).to.deep.equal({ ...header, reason: 'it is spoiled' });
      expect(undecodable.map(({ position }) => position)).to.deep.equal([positions[1], positions[3]]);
    });

    it('is named to those who read it, behind what stands before it', async () => {
      const { streamId, filter, header } = await fill();
      for (const read of [() => store().readStream(streamId), () => store().readAll({ filter })]) {
        const seen: number[] = [];
        const failing = (async () => {
          for await (const event of read()) seen.push(numberOf(event));
        })();
        const error = await failing.catch((caught: unknown) => caught);
        expect(error).to.be.instanceOf(UndecodableEventError);
        expect((error as UndecodableEventError).event).to.deep.equal({ ...header, reason: 'it is spoiled' });
        expect(seen).to.deep.equal([0]);
      }
    });
  });

  describe('subscribing', () => {
    it('says that it has caught up, where nothing passes too', async () => {
      const filter = { streamPrefixes: [`${newCategory()}-`] };
      expect(await follow({ filter }, ({ caughtUp }) => caughtUp)).to.deep.equal([]);
    });

    it('catches up, then follows, in order and without holes', async () => {
      const category = newCategory();
      const filter = { streamPrefixes: [`${category}-`] };
      const streamId = newStream(category);
      await append(streamId, 'any', eventNumbered(0));
      const following = follow({ filter }, (_, seen) => seen.length === 60);
      for (let n = 1; n < 60; n += 1) await append(n % 2 ? streamId : newStream(category), 'any', eventNumbered(n));
      const seen = await following;
      expect(seen.map(numberOf)).to.deep.equal(Array.from({ length: 60 }, (_, n) => n));
      expect(seen).to.deep.equal(await collect(store().readAll({ filter })));
    });

    it('starts behind a position and passes on only what its filter leaves', async () => {
      const category = newCategory();
      const appendOwn = (...of: Parameters<typeof eventNumbered>) =>
        append(newStream(category), 'any', eventNumbered(...of));
      const { position } = await appendOwn(0, 'SessionRefreshed');
      const ends: Position[] = [];
      const following = follow({ after: position, filter: { types: ['SessionRefreshed'] } }, (batch) =>
        ends.some((end) => hasReached(batch.position, end)),
      );
      await appendOwn(1);
      await appendOwn(2, 'SessionRefreshed');
      ends.push((await appendOwn(3)).position);
      await appendOwn(4); // another batch comes if the last one came before its position was known
      expect((await following).filter(isOf(category)).map(numberOf)).to.deep.equal([2]);
    });

    it('ends by its signal, while it waits', async () => {
      const ending = new AbortController();
      const batches: EventBatch[] = [];
      for await (const batch of store().subscribe({ after: await store().head(), signal: ending.signal })) {
        batches.push(batch);
        if (batch.caughtUp) setImmediate(() => ending.abort());
      }
      expect(batches.at(-1)?.caughtUp).to.equal(true);
    });

    it('keeps everything for a subscriber that is slow', async () => {
      const category = newCategory();
      const filter = { streamPrefixes: [`${category}-`] };
      const ending = new AbortController();
      const seen: RecordedEvent[] = [];
      let isFilled = false;
      for await (const { events, caughtUp } of store().subscribe({ filter, signal: ending.signal })) {
        seen.push(...events);
        if (!isFilled && caughtUp) {
          isFilled = true;
          for (let n = 0; n < 50; n += 1) await append(newStream(category), 'any', eventNumbered(n));
        } else if (caughtUp && seen.length === 50) ending.abort();
      }
      expect(seen).to.deep.equal(await collect(store().readAll({ filter })));
    });
  });
};
