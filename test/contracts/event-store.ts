import { expect } from 'chai';
import {
  ConcurrencyError,
  EventIdConflictError,
  type ExpectedRevision,
} from '../../src/application/ports/event-store.js';
import { InvalidEventError, UnknownEventError } from '../../src/application/ports/event-codec.js';
import type { StreamId } from '../../src/domain/kernel/ids.js';
import { fact } from '../support/events.js';
import { at } from '../support/ids.js';
import { eventNumbered, numberOf, plain, testCodec } from '../support/test-codec.js';
import { describeFollowers } from './event-store-followers.js';
import { describeBytes } from './event-store-bytes.js';
import { describeLikeness } from './event-store-likeness.js';
import { describeRanges } from './event-store-ranges.js';
import { describeReaders } from './event-store-readers.js';
import { appendTo, collect, newStream, type LogUnderTest, type OpenStore, type StoreUnderTest } from './store-steps.js';

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it should have been refused'),
    (error: unknown) => error,
  );

/** Tests what every adapter of the event store port guarantees. */
export const eventStoreContract = (open: OpenStore): void => {
  let opened: StoreUnderTest;
  let store: LogUnderTest;

  beforeEach(async () => {
    opened = await open(testCodec);
    ({ store } = opened);
  });
  afterEach(() => opened.close());

  const append = appendTo(() => store);
  const numbersIn = async (streamId: StreamId) => (await collect(store.readStream(streamId))).map(numberOf);

  describe('expected revisions', () => {
    it('starts a stream that is expected to be absent, once', async () => {
      const streamId = newStream();
      await append(streamId, 'no stream', eventNumbered(1));
      const error = await failureOf(append(streamId, 'no stream', eventNumbered(2)));
      expect(error).to.be.instanceOf(ConcurrencyError).and.include({ streamId, expected: 'no stream', actual: 0 });
    });

    it('appends at an exact revision and says what it found otherwise', async () => {
      const streamId = newStream();
      await append(streamId, 'no stream', eventNumbered(1), eventNumbered(2));
      await append(streamId, 1, eventNumbered(3));
      const error = await failureOf(append(streamId, 1, eventNumbered(4)));
      expect(error).to.be.instanceOf(ConcurrencyError).and.include({ streamId, expected: 1, actual: 2 });
      expect(await numbersIn(streamId)).to.deep.equal([1, 2, 3]);
    });

    it('refuses an exact revision of an absent stream', async () => {
      const error = await failureOf(append(newStream(), 0, eventNumbered(1)));
      expect(error).to.be.instanceOf(ConcurrencyError).and.include({ actual: 'no stream' });
    });

    it('refuses "stream exists" on an absent stream and accepts it on a present one', async () => {
      const streamId = newStream();
      const error = await failureOf(append(streamId, 'stream exists', eventNumbered(1)));
      expect(error).to.be.instanceOf(ConcurrencyError).and.include({ actual: 'no stream' });
      await append(streamId, 'any', eventNumbered(1));
      await append(streamId, 'stream exists', eventNumbered(2));
      expect(await numbersIn(streamId)).to.deep.equal([1, 2]);
    });

    it('lands all of 40 concurrent appends to one stream that expect anything', async () => {
      const streamId = newStream();
      await Promise.all(Array.from({ length: 40 }, (_, n) => append(streamId, 'any', eventNumbered(n))));
      const events = await collect(store.readStream(streamId));
      expect(events.map(({ revision }) => revision)).to.deep.equal(Array.from({ length: 40 }, (_, n) => n));
      expect(new Set(await numbersIn(streamId)).size).to.equal(40);
    });

    it('lets exactly one of 40 concurrent appends start a stream', async () => {
      const streamId = newStream();
      const results = await Promise.allSettled(
        Array.from({ length: 40 }, (_, n) => append(streamId, 'no stream', eventNumbered(n))),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(await numbersIn(streamId)).to.have.length(1);
    });

    it('harms no neighbour of the same moment with a conflict', async () => {
      const taken = newStream();
      await append(taken, 'no stream', eventNumbered(0));
      const streams = Array.from({ length: 20 }, () => newStream());
      const results = await Promise.allSettled([
        ...streams.map((streamId, n) => append(streamId, 'no stream', eventNumbered(n))),
        append(taken, 'no stream', eventNumbered(1)),
        append(taken, 0, eventNumbered(2)),
      ]);
      expect(results.map(({ status }) => status)).to.deep.equal([
        ...streams.map(() => 'fulfilled'),
        'rejected',
        'fulfilled',
      ]);
      expect(await numbersIn(taken)).to.deep.equal([0, 2]);
    });

    it('judges appends of one moment to one stream one after another', async () => {
      const streamId = newStream();
      const results = await Promise.allSettled([
        append(streamId, 'no stream', eventNumbered(0)),
        append(streamId, 0, eventNumbered(1)),
        append(streamId, 0, eventNumbered(2)),
        append(streamId, 'stream exists', eventNumbered(3)),
      ]);
      expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
      expect(await numbersIn(streamId)).to.deep.equal([0, 1, 3]);
    });
  });

  /**
   * A stream that was in the group with a repeat and with a conflict was counted twice, and hid that one more stream had
   * to be judged with it: the stream of the last append had revisions 0 and 2, and never a 1.
   */
  it('leaves no hole in a stream when a repeat, a conflict and an append that expects anything come at one moment', async () => {
    const [repeated, other] = [newStream(), newStream()];
    const event = eventNumbered(0);
    await append(repeated, 'no stream', event);
    await append(other, 'no stream', eventNumbered(1));
    const results = await Promise.allSettled([
      append(repeated, 'no stream', event),
      store.append({
        streams: [
          { streamId: repeated, expected: 'no stream', events: [eventNumbered(2)] },
          { streamId: other, expected: 'any', events: [eventNumbered(3)] },
        ],
      }),
      append(other, 'any', eventNumbered(4)),
    ]);
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    const revisions = (await collect(store.readStream(other))).map(({ revision }) => revision);
    expect(revisions).to.deep.equal([0, 1]);
    expect(await numbersIn(other)).to.deep.equal([1, 4]);
  });

  describe('several streams and conditions', () => {
    it('appends to several streams, or to none of them', async () => {
      const [first, second] = [newStream(), newStream()];
      await append(second, 'no stream', eventNumbered(0));
      const both = (expected: ExpectedRevision) =>
        store.append({
          streams: [
            { streamId: first, expected: 'no stream', events: [eventNumbered(1)] },
            { streamId: second, expected, events: [eventNumbered(2), eventNumbered(3)] },
          ],
        });
      expect(await failureOf(both('no stream'))).to.include({ streamId: second, actual: 0 });
      expect(await numbersIn(first)).to.deep.equal([]);
      await both(0);
      expect([await numbersIn(first), await numbersIn(second)]).to.deep.equal([[1], [0, 2, 3]]);
    });

    it('refuses when a stream that is only read is not as expected', async () => {
      const [read, written] = [newStream(), newStream()];
      const conditional = (expected: ExpectedRevision, n: number) =>
        store.append({
          streams: [{ streamId: written, expected: 'any', events: [eventNumbered(n)] }],
          conditions: [{ streamId: read, expected }],
        });
      await append(read, 'no stream', eventNumbered(0));
      await conditional(0, 1);
      await append(read, 0, eventNumbered(1));
      expect(await failureOf(conditional(0, 2)))
        .to.be.instanceOf(ConcurrencyError)
        .and.include({ streamId: read, actual: 1 });
      expect(await numbersIn(written)).to.deep.equal([1]);
      expect(await numbersIn(read)).to.deep.equal([0, 1]);
    });

    it('sees a change of the same moment in the stream that is only read', async () => {
      const [read, written] = [newStream(), newStream()];
      await append(read, 'no stream', eventNumbered(0));
      const [change, late] = await Promise.allSettled([
        append(read, 0, eventNumbered(1)),
        store.append({
          streams: [{ streamId: written, expected: 'no stream', events: [eventNumbered(2)] }],
          conditions: [{ streamId: read, expected: 0 }],
        }),
      ]);
      expect([change.status, late.status]).to.deep.equal(['fulfilled', 'rejected']);
    });
  });

  describe('a repeated append', () => {
    it('is answered as the first time', async () => {
      const streamId = newStream();
      const events = [eventNumbered(1), eventNumbered(2)];
      const first = await append(streamId, 'no stream', ...events);
      expect(first.repeated).to.equal(false);
      await append(newStream(), 'any', eventNumbered(9));
      expect(await append(streamId, 'no stream', ...events)).to.deep.equal({
        position: first.position,
        repeated: true,
      });
      expect(await numbersIn(streamId)).to.deep.equal([1, 2]);
    });

    it('is recognised when both come at one moment', async () => {
      const streamId = newStream();
      const event = eventNumbered(1);
      const [first, second] = await Promise.all([append(streamId, 'any', event), append(streamId, 'any', event)]);
      expect(second.position).to.equal(first.position);
      expect(await numbersIn(streamId)).to.deep.equal([1]);
    });

    it('is refused when an event id comes with another content, of another type, or in another stream', async () => {
      const streamId = newStream();
      const event = { ...eventNumbered(1), ...fact('UsernameReleased') };
      await append(streamId, 'any', event);
      const others = [
        [streamId, { ...event, data: { releasedAt: at(1) } }],
        [streamId, { ...event, type: 'EmailReleased' }],
        [newStream(), event],
      ] as const;
      for (const [to, other] of others) {
        const error = await failureOf(append(to, 'any', other));
        expect(error).to.be.instanceOf(EventIdConflictError).and.include({ eventId: event.eventId });
      }
      expect(await collect(store.readStream(streamId))).to.have.length(1);
    });

    it('is refused when only a part of it is there', async () => {
      const streamId = newStream();
      const event = eventNumbered(1);
      await append(streamId, 'any', event);
      expect(await failureOf(append(streamId, 'any', event, eventNumbered(2)))).to.be.instanceOf(EventIdConflictError);
      expect(await numbersIn(streamId)).to.deep.equal([1]);
    });
  });

  describe('events', () => {
    it('are refused when they do not fit their schema, and nothing is written', async () => {
      const streamId = newStream();
      const wrong = { ...eventNumbered(1), data: { n: 'one' } };
      expect(await failureOf(append(streamId, 'any', eventNumbered(0), wrong))).to.be.instanceOf(InvalidEventError);
      const unknown = { ...eventNumbered(1), type: 'NeverHeardOf' };
      expect(await failureOf(append(streamId, 'any', unknown))).to.be.instanceOf(UnknownEventError);
      expect(await numbersIn(streamId)).to.deep.equal([]);
    });

    it('come back as they were appended', async () => {
      const streamId = newStream();
      const event = { ...eventNumbered(1), ...plain(1.5, 'a "quoted" \\ line\nwith 😀 and \u0000') };
      const { position } = await append(streamId, 'no stream', event);
      expect(await collect(store.readStream(streamId))).to.deep.equal([
        { ...event, streamId, position, revision: 0, schemaVersion: 2 },
      ]);
    });
  });

  describeReaders(() => store);
  describeRanges(() => store);
  describeBytes(() => store);
  describeFollowers(() => opened);
  describeLikeness(open);
};
