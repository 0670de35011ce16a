import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type {
  AppendBatch,
  AppendResult,
  EventBatch,
  EventStore,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  SubscribeOptions,
} from '../../../application/ports/event-store.js';
import type { RawLog } from '../../../application/ports/raw-log.js';
import { UnknownEventError, type EventCodec } from '../../../application/ports/event-codec.js';
import type { Position, StreamId } from '../../../domain/kernel/ids.js';
import { countBetween, positionBefore } from '../dense-positions.js';
import { EVENT_TYPES } from './append-group.sql.js';
import { CommitFeed } from './commit-feed.js';
import { GroupWriter } from './group-writer.js';
import { PostgresListener } from '../../postgres/listener.js';
import { decodedRows, rawRows } from './event-rows.js';
import { LogReader } from './log-reader.js';
import { subscribeRaw } from './raw-subscription.js';
import { STORE_LIMITS, type StoreLimits } from './store-limits.js';
import type { StoreLog, StoreObserver } from '../store-observer.js';
import { createStreamHeads } from './stream-heads.js';
import { subscribe } from './subscription.js';
import { WriterConnection } from './writer-connection.js';

export interface PostgresEventStoreParts {
  /** The pool is for reading. The writer and the listener have connections of their own to the same database. */
  readonly pool: pg.Pool;
  readonly codec: EventCodec;
  readonly log: StoreLog;
  readonly observer?: Partial<StoreObserver>;
  /** Called whenever the connection that listens has answered. */
  readonly onListening?: () => void;
  readonly limits?: Partial<StoreLimits>;
}

/** The log in PostgreSQL. */
export interface PostgresEventStore extends EventStore {
  readonly raw: RawLog;
  /** Commits what waits, then closes its connections. Subscriptions end by their signals. */
  close(): Promise<void>;
}

/** Answers the types in the log. Refuses a log with types that this program cannot read. */
const requireKnownTypes = async (pool: pg.Pool, codec: EventCodec): Promise<Set<string>> => {
  const { rows } = await pool.query<{ type: string; schema_version: number }>(EVENT_TYPES);
  const unknown = rows.filter(({ type, schema_version }) => (codec.versions.get(type) ?? 0) < schema_version);
  if (unknown.length > 0) {
    const names = unknown.map(({ type, schema_version }) => `${type} version ${schema_version}`).join(', ');
    throw new UnknownEventError(`the log holds events that this version cannot read: ${names}; start a newer version`);
  }
  return new Set(rows.map(({ type, schema_version }) => `${type}/${schema_version}`));
};

/** The connections that append, and that hear of what others append. */
const createConnections = (
  { pool, log, onListening }: PostgresEventStoreParts,
  answerWithinMs: number,
  onMissed: () => void,
) => {
  const owner = randomUUID();
  let ownProcess: number | null = null;
  const listener = new PostgresListener({
    config: pool.options,
    channel: 'chatapp_log',
    owner,
    // This store passes on by itself what it appends.
    onNotify: (_, processId) => {
      if (processId !== ownProcess) onMissed();
    },
    onReconnect: onMissed,
    ...(onListening && { alive: onListening }),
    log,
  });
  const onOpen = (processId: number | null) => (ownProcess = processId);
  return { listener, connection: new WriterConnection({ config: pool.options, owner, answerWithinMs, onOpen }) };
};

/** Opens the log. Refuses one with types that this program cannot read. */
export const createPostgresEventStore = async (parts: PostgresEventStoreParts): Promise<PostgresEventStore> => {
  const { pool, codec, log } = parts;
  const limits = { ...STORE_LIMITS, ...parts.limits };
  const observer = { committed: () => undefined, undecodable: () => undefined, ...parts.observer };
  const knownTypes = await requireKnownTypes(pool, codec);
  const feed = new CommitFeed(limits.unreadEvents);
  const reader = new LogReader(pool, decodedRows(codec), limits.pageSize);
  const rawReader = new LogReader(pool, rawRows, limits.pageSize);
  const { connection, listener } = createConnections(parts, limits.answerWithinMs, () => feed.publish([]));
  await listener.open();
  const onCommitted = (events: readonly RecordedEvent[]) => feed.publish(events);
  const writer = new GroupWriter({ connection, codec, limits, log, observer, knownTypes, onCommitted });
  return {
    append: (batch: AppendBatch): Promise<AppendResult> => writer.append(batch),
    readStream: (streamId: StreamId, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> =>
      reader.stream(streamId, options),
    heads: createStreamHeads(pool, limits),
    readAll: (options: ReadAllOptions = {}): AsyncIterable<RecordedEvent> => reader.all(options),
    subscribe: (options: SubscribeOptions): AsyncIterable<EventBatch> =>
      subscribe({ reader, feed, limits, log, observer }, options),
    raw: {
      at: (positions) => rawReader.at(positions),
      readAll: (options: ReadAllOptions = {}) => rawReader.all(options),
      readStream: (streamId, options = {}) => rawReader.stream(streamId, options),
      subscribe: (options: SubscribeOptions) => subscribeRaw({ reader: rawReader, feed, limits, log }, options),
    },
    head: (): Promise<Position> => reader.head(),
    countBetween: async (after: Position, upTo: Position) => countBetween(after, upTo),
    positionBefore: async (position: Position, events: number) => positionBefore(position, events),
    close: async () => {
      await writer.close();
      await listener.close();
    },
  };
};
