import { setMaxListeners } from 'node:events';
import type { EventCodec } from '../../../application/ports/event-codec.js';
import {
  EventStoreOverloadedError,
  type EventStore,
  type RecordedEvent,
  type StreamHead,
} from '../../../application/ports/event-store.js';
import type { RawEvent, RawLog } from '../../../application/ports/raw-log.js';
import type { StreamId } from '../../../domain/kernel/ids.js';
import { comparePositions } from '../../../domain/kernel/position.js';
import { BoundedWork } from '../../bounded-work.js';
import { decodeRaw } from '../decode-raw.js';
import { requireDecoded } from '../log-entry.js';
import type { StoreLog, StoreObserver } from '../store-observer.js';
import { Appender } from './appender.js';
import { giveUpTime } from './calls.js';
import { closeClient, openUsable } from './connect.js';
import { follow } from './follow.js';
import { LogReader } from './log-reader.js';
import { createPositions } from './positions.js';
import { EVENTS_REGEX } from './records.js';
import { KURRENTDB_LIMITS, type KurrentDbLimits } from './store-limits.js';
import { subscribe } from './subscribe.js';

export interface KurrentDbEventStoreParts {
  readonly url: string;
  readonly codec: EventCodec;
  readonly log: StoreLog;
  readonly observer?: Partial<StoreObserver>;
  readonly limits?: Partial<KurrentDbLimits>;
}

/** The log in KurrentDB. */
export interface KurrentDbEventStore extends EventStore {
  readonly raw: RawLog;
  readonly serverVersion: string;
  /** What the server said it can do, of that which is needed. */
  readonly features: readonly string[];
  /** Refuses new appends, and closes the connection. Subscriptions end by their signals. */
  close(): Promise<void>;
}

type Pages = AsyncIterable<readonly RawEvent[]>;

async function* eachOf(pages: Pages): AsyncGenerator<RawEvent> {
  for await (const page of pages) yield* page;
}

async function* decodedPages(codec: EventCodec, pages: Pages): AsyncGenerator<RecordedEvent> {
  for await (const page of pages) yield* requireDecoded(await decodeRaw(codec, page));
}

/** Looks up how streams end. The server is asked for each: few at a time, so that others are answered meanwhile. */
const createHeads = (reader: LogReader, limits: KurrentDbLimits): EventStore['heads'] => {
  const { headQueries, queuedHeadQueries } = limits;
  const bounded = new BoundedWork(
    { atOnce: headQueries, mayWait: queuedHeadQueries },
    () => new EventStoreOverloadedError('too many questions for the heads of streams wait'),
  );
  return async (streamIds) => {
    const giveUpAt = giveUpTime(limits);
    const found = await Promise.all(
      streamIds.map(async (streamId): Promise<readonly [StreamId, StreamHead][]> => {
        const last = await bounded.run(() => reader.lastOf(streamId, giveUpAt));
        return last ? [[streamId, { revision: last.revision, type: last.type }]] : [];
      }),
    );
    return new Map(found.flat());
  };
};

/** Reads events at positions. The server is asked for each: few at a time, so that others are answered meanwhile. */
const createAt = (reader: LogReader, { headQueries }: KurrentDbLimits): RawLog['at'] => {
  const isOfTheLog = new RegExp(EVENTS_REGEX, 'u');
  return async (positions) => {
    const found: RawEvent[] = [];
    for (let at = 0; at < positions.length; at += headQueries) {
      const some = positions.slice(at, at + headQueries);
      const read = await Promise.all(some.map((position) => reader.from(position, 1)));
      found.push(
        ...read.flat().filter((event, index) => event.position === some[index] && isOfTheLog.test(event.type)),
      );
    }
    return found.sort((one, other) => comparePositions(one.position, other.position));
  };
};

/** Opens the log. Raises `KurrentDbNotUsableError` where the server is too old. */
export const createKurrentDbEventStore = async (parts: KurrentDbEventStoreParts): Promise<KurrentDbEventStore> => {
  const { codec, log } = parts;
  const limits = { ...KURRENTDB_LIMITS, ...parts.limits };
  const observer = { committed: () => undefined, undecodable: () => undefined, ...parts.observer };
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // each call that waits for its next attempt listens
  const calls = { limits, log, closing: closing.signal };
  const { client, serverVersion, features } = await openUsable(parts.url, calls);
  const reader = new LogReader(client, calls);
  const appender = new Appender({ ...calls, client, reader, codec, observer });
  const following = { ...calls, client, reader, codec, observer };
  return {
    serverVersion,
    features,
    append: (batch) => appender.append(batch),
    readStream: (streamId, options = {}) => decodedPages(codec, reader.stream(streamId, options)),
    heads: createHeads(reader, limits),
    readAll: (options = {}) => decodedPages(codec, reader.all(options)),
    subscribe: (options) => subscribe(following, options),
    raw: {
      at: createAt(reader, limits),
      readAll: (options = {}) => eachOf(reader.all(options)),
      readStream: (streamId, options = {}) => eachOf(reader.stream(streamId, options)),
      subscribe: (options) => follow(following, options),
    },
    head: () => reader.head(),
    ...createPositions(reader),
    close: async () => {
      closing.abort();
      await closeClient(client);
    },
  };
};
