import { expect } from 'chai';
import type { NewEvent, ReadStreamOptions } from '../../src/application/ports/event-store.js';
import type { RawEvent } from '../../src/application/ports/raw-log.js';
import type { Position, StreamId } from '../../src/domain/kernel/ids.js';
import { fact } from '../support/events.js';
import { eventNumbered, plain, testCodec } from '../support/test-codec.js';
import { appendTo, collect, newCategory, newStream, type GetStore } from './store-steps.js';

/** Makes a plain event, one with text of every kind, one that is sealed, and one that cannot be decoded. */
const every = (): readonly NewEvent[] => [
  eventNumbered(1),
  { ...eventNumbered(2), ...plain(1.5, 'a "quoted" \\ line\nwith 😀 and \u0000') },
  { ...eventNumbered(3), ...fact('MessageSent') },
  eventNumbered(4, 'EmailVerified'),
];

/** Tests the stored bytes on which hashing and copying the log rely. */
export const describeBytes = (store: GetStore): void => {
  const append = appendTo(store);

  /** Answers the events as they must stand in the log. */
  const stored = async (streamId: StreamId, events: readonly NewEvent[], last: Position): Promise<RawEvent[]> => {
    const headers = await collect(store().raw.readAll({ upTo: last, filter: { streamPrefixes: [streamId] } }));
    const encoded = await testCodec.encode([{ streamId, events }]);
    return events.map(({ eventId, type }, revision) => {
      const { schemaVersion, data, metadata } = encoded[revision]!;
      const position = headers[revision]!.position;
      return { position, streamId, revision, eventId, type, schemaVersion, data, metadata };
    });
  };

  it('gives the stored bytes exactly as they were appended, also where they cannot be decoded', async () => {
    const [streamId, events] = [newStream(), every()];
    const { position } = await append(streamId, 'no stream', ...events);
    const raw = await collect(store().raw.readAll({ filter: { streamPrefixes: [streamId] } }));
    expect(raw).to.deep.equal(await stored(streamId, events, position));
    expect(raw.at(-1)?.position).to.equal(position);
  });

  it('gives the stored bytes of a stream, also where they cannot be decoded', async () => {
    const streamId = newStream();
    await append(streamId, 'no stream', ...every());
    const all = await collect(store().raw.readAll({ filter: { streamPrefixes: [streamId] } }));
    const read = (options?: ReadStreamOptions) => collect(store().raw.readStream(streamId, options));
    expect(await read()).to.deep.equal(all);
    expect(await read({ from: 1, limit: 2 })).to.deep.equal(all.slice(1, 3));
    expect(await read({ direction: 'backwards', limit: 1 })).to.deep.equal(all.slice(-1));
    expect(await collect(store().raw.readStream(newStream()))).to.deep.equal([]);
  });

  it('gives the stored bytes at positions that it has given out, in the order of the log', async () => {
    const streamId = newStream();
    await append(streamId, 'no stream', ...every());
    const all = await collect(store().raw.readAll({ filter: { streamPrefixes: [streamId] } }));
    const [first, second, , last] = all.map(({ position }) => position) as [Position, Position, Position, Position];
    expect(await store().raw.at([last, first, second])).to.deep.equal([all[0], all[1], all[3]]);
    expect(await store().raw.at([])).to.deep.equal([]);
  });

  it('lets a subscriber to the stored bytes catch up and follow, in order and without holes', async () => {
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const after = await store().head();
    await append(newStream(category), 'no stream', ...every());
    const ending = new AbortController();
    const seen: RawEvent[] = [];
    let reached = after;
    let rounds = 0;
    for await (const batch of store().raw.subscribe({ after, filter, signal: ending.signal })) {
      expect(batch.after).to.equal(reached);
      reached = batch.position;
      seen.push(...batch.events);
      if (batch.caughtUp && seen.length === 4 * (rounds + 1)) {
        if (rounds === 3) ending.abort();
        rounds += 1;
        await append(newStream(category), 'no stream', ...every());
        await append(newStream(), 'no stream', eventNumbered(rounds)); // it does not pass the filter
      }
    }
    expect(seen).to.have.length(16);
    expect(seen).to.deep.equal((await collect(store().raw.readAll({ filter }))).slice(0, 16));
  });

  it('ends a subscription to the stored bytes by its signal, while it waits', async () => {
    const ending = new AbortController();
    let batches = 0;
    for await (const { caughtUp } of store().raw.subscribe({ after: await store().head(), signal: ending.signal })) {
      batches += 1;
      if (caughtUp) setImmediate(() => ending.abort());
    }
    expect(batches).to.be.at.least(1);
  });
};
