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
  /** Another store of the same log, as another process has one. */
  beside(): Promise<LogUnderTest>;
  close(): Promise<void>;
}

/** Opens a store that has been given this codec. */
export type OpenStore = (codec: EventCodec) => Promise<StoreUnderTest>;

/** The store of the running test: each test has one of its own. */
export type GetStore = () => LogUnderTest;

/** A category that no other test has, so that its streams can be told from all that is in the log. */
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
