import { randomUUID } from 'node:crypto';
import type { EventCodec } from '../../src/application/ports/event-codec.js';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent } from '../../src/application/ports/event-store.js';
import type { RawLog } from '../../src/application/ports/raw-log.js';
import type { StreamId } from '../../src/domain/kernel/ids.js';

/** An event store, and the bytes that it keeps. */
export interface LogUnderTest extends EventStore {
  readonly raw: RawLog;
}

export interface StoreUnderTest {
  readonly store: LogUnderTest;
  /** Opens another store of the same log, as another process does. */
  beside(): Promise<LogUnderTest>;
  close(): Promise<void>;
}

/** Opens a store that has been given this codec. */
export type OpenStore = (codec: EventCodec) => Promise<StoreUnderTest>;

/** Answers the store of the running test: each test has its own. */
export type GetStore = () => LogUnderTest;

/** Makes a category that no other test has, so that its streams can be told from the rest of the log. */
export const newCategory = (name = 'thing'): string => `${name}${randomUUID().replaceAll('-', '')}`;

export const newStream = (category = 'thing'): StreamId => `${category}-${randomUUID()}` as StreamId;

export const collect = async <Event>(events: AsyncIterable<Event>): Promise<Event[]> => {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return all;
};

export const appendTo =
  (store: GetStore) =>
  (streamId: StreamId, expected: ExpectedRevision, ...events: NewEvent[]): Promise<AppendResult> =>
    store().append({ streams: [{ streamId, expected, events }] });
