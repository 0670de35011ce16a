import { randomUUID } from 'node:crypto';
import type { EventCodec } from '../../src/application/ports/event-codec.js';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  NewEvent,
  RecordedEvent,
} from '../../src/application/ports/event-store.js';
import type { StreamId } from '../../src/domain/kernel/ids.js';

export interface StoreUnderTest {
  readonly store: EventStore;
  /** Another store of the same log, as another process has one. */
  beside(): Promise<EventStore>;
  close(): Promise<void>;
}

/** Opens a store that has been given this codec. */
export type OpenStore = (codec: EventCodec) => Promise<StoreUnderTest>;

/** The store of the running test: each test has one of its own. */
export type GetStore = () => EventStore;

export const newStream = (category = 'thing'): StreamId => `${category}-${randomUUID()}` as StreamId;

export const collect = async (events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> => {
  const all: RecordedEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

export const appendTo =
  (store: GetStore) =>
  (streamId: StreamId, expected: ExpectedRevision, ...events: NewEvent[]): Promise<AppendResult> =>
    store().append({ streams: [{ streamId, expected, events }] });
