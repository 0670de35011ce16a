import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import type { EventCodec } from '../../src/application/ports/event-codec.js';
import type { EventStore, NewEvent, RecordedEvent } from '../../src/application/ports/event-store.js';
import type { ChatEventType } from '../../src/domain/event-catalogue.js';
import type { EventId } from '../../src/domain/kernel/ids.js';
import { chatEvents } from '../../src/infrastructure/serialization/chat-events.js';
import { readSample, sampleCodec, samples, type Sample } from '../support/samples.js';
import { eventNumbered } from '../support/test-codec.js';
import { newCategory, newStream, type OpenStore, type StoreUnderTest } from './store-steps.js';

/** Makes a codec that writes these events as the programs did that recorded the samples, and all others as today. */
const codecOfAllTimes = (recordedAs: ReadonlyMap<EventId, Sample>): EventCodec => ({
  ...sampleCodec,
  encode: async (streams) => {
    const encoded = await sampleCodec.encode(streams);
    return streams
      .flatMap(({ events }) => events)
      .map(({ eventId }, index) => {
        const sample = recordedAs.get(eventId);
        return { ...encoded[index]!, ...(sample && { schemaVersion: sample.version, data: sample.bytes }) };
      });
  },
});

/** Says whether the sealed fields of a sample can be opened elsewhere than where it was recorded. */
const isMovable = ({ type, version }: Sample): boolean =>
  version < (chatEvents[type as ChatEventType].personal?.boundSince ?? Infinity);

/** Changes an object as a careless caller may do after handing it over. */
const spoil = (content: object): void => {
  for (const [key, value] of Object.entries(content))
    if (typeof value === 'object' && value !== null) spoil(value as object);
    else Object.assign(content, { [key]: 'spoiled' });
};

/**
 * Follows the log and answers one event for each sample, as subscriptions yield them; `onCaughtUp` is called when it
 * follows live.
 */
const follow = async (store: EventStore, category: string, onCaughtUp?: () => void) => {
  const filter = { streamPrefixes: [`${category}-`] };
  const ending = new AbortController();
  const seen: RecordedEvent[] = [];
  for await (const batch of store.subscribe({ filter, signal: ending.signal })) {
    seen.push(...batch.events);
    if (batch.caughtUp) onCaughtUp?.();
    if (seen.length >= samples.length) ending.abort();
  }
  return seen;
};

const following = async (store: EventStore, category: string) => {
  let events: Promise<RecordedEvent[]> | undefined;
  await new Promise<void>((resolve) => {
    events = follow(store, category, resolve);
  });
  return { events: events! };
};

const compareAll = async ({ store, beside }: StoreUnderTest, recordedAs: Map<EventId, Sample>): Promise<void> => {
  const category = newCategory();
  const handed = await following(store, category);
  const told = await following(await beside(), category);
  for (const sample of samples) {
    const { eventId, metadata } = eventNumbered(0);
    if (isMovable(sample)) recordedAs.set(eventId, sample);
    const event: NewEvent = { eventId, type: sample.type, metadata, data: (await readSample(sample)).data };
    await store.append({ streams: [{ streamId: newStream(category), expected: 'no stream', events: [event] }] });
    spoil(event.data);
    spoil(event.metadata);
  }
  const late = await follow(store, category);
  const [first, second] = [await handed.events, await told.events];
  for (const [n, sample] of samples.entries()) {
    expect(late[n]?.data, sample.name).to.deep.equal((await readSample(sample)).data);
    expect(isDeepStrictEqual(first[n], late[n]), `${sample.name}, handed over`).to.equal(true);
    expect(isDeepStrictEqual(second[n], late[n]), `${sample.name}, told of`).to.equal(true);
  }
  expect([...new Set(late.map(({ type }) => type))]).to.have.members(Object.keys(chatEvents));
};

/** Tests that subscribers of every kind see the same. */
export const describeLikeness = (open: OpenStore): void => {
  it('shows every event, in every version there was, alike to a reader of the feed, to one that was notified, and to one that caught up', async () => {
    const recordedAs = new Map<EventId, Sample>();
    const opened = await open(codecOfAllTimes(recordedAs));
    await compareAll(opened, recordedAs).finally(opened.close);
  });
};
