import type { EncodedEvent, EventCodec } from '../../../application/ports/event-codec.js';
import {
  ConcurrencyError,
  EventIdConflictError,
  type AppendBatch,
  type AppendResult,
  type EventBatch,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamHead,
  type SubscribeOptions,
} from '../../../application/ports/event-store.js';
import type { RawBatch, RawEvent, RawLog } from '../../../application/ports/raw-log.js';
import type { EventId, Position, StreamId } from '../../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../../domain/kernel/position.js';
import { countBetween, positionBefore } from '../dense-positions.js';
import { passes } from '../event-filter.js';
import { decodeEntries, parted, requireDecoded, type LogEntry } from '../log-entry.js';

const PAGE = 1_000;

const fits = (expected: ExpectedRevision, actual: number): boolean => {
  if (typeof expected === 'number') return actual === expected;
  return expected === 'any' || (expected === 'stream exists') === actual >= 0;
};

/** The log, and its bytes. */
interface MemoryLog extends EventStore {
  readonly raw: RawLog;
}

/** Keeps the log in memory, for tests and for trying things out. It is gone with the process. */
class MemoryEventStore implements MemoryLog {
  readonly #codec: EventCodec;
  readonly #events: RawEvent[] = [];
  readonly #streams = new Map<StreamId, RawEvent[]>();
  readonly #byId = new Map<EventId, RawEvent>();
  readonly #waiting = new Set<() => void>();

  constructor(codec: EventCodec) {
    this.#codec = codec;
  }

  async append(batch: AppendBatch): Promise<AppendResult> {
    const bytes = await this.#codec.encode(batch.streams);
    // Everything happens at once from here on, so that no other append comes between.
    const encoded = batch.streams
      .flatMap(({ streamId, events }) => events.map((event) => ({ streamId, event })))
      .map((each, index) => ({ ...each, encoded: bytes[index] as EncodedEvent }));
    const earlier = encoded.flatMap(
      ({ streamId, event, encoded: { data } }) => this.#known(streamId, event, data) ?? [],
    );
    const last = earlier.at(-1);
    if (last && earlier.length < encoded.length) throw new EventIdConflictError(last.eventId);
    if (last) return { position: last.position, repeated: true };
    for (const { streamId, expected } of [...batch.streams, ...(batch.conditions ?? [])])
      this.#require(streamId, expected);
    for (const each of encoded) this.#store(each.streamId, each.event, each.encoded);
    for (const wake of this.#waiting) wake();
    return { position: this.#headNow(), repeated: false };
  }

  /** Finds the event of this id that is here already. Refuses the append when it is another event. */
  #known(streamId: StreamId, { eventId, type }: NewEvent, data: Buffer): RawEvent | undefined {
    const stored = this.#byId.get(eventId);
    if (!stored) return undefined;
    const isSame = stored.streamId === streamId && stored.type === type && stored.data.equals(data);
    if (!isSame) throw new EventIdConflictError(eventId);
    return stored;
  }

  #require(streamId: StreamId, expected: ExpectedRevision): void {
    const actual = (this.#streams.get(streamId)?.length ?? 0) - 1;
    if (!fits(expected, actual)) throw new ConcurrencyError(streamId, expected, actual < 0 ? 'no stream' : actual);
  }

  #store(streamId: StreamId, { eventId, type }: NewEvent, encoded: EncodedEvent): void {
    const stream = this.#streams.get(streamId) ?? [];
    const position = String(this.#events.length + 1) as Position;
    const { schemaVersion, data, metadata } = encoded;
    const stored = { eventId, type, schemaVersion, streamId, position, revision: stream.length, data, metadata };
    this.#streams.set(streamId, [...stream, stored]);
    this.#events.push(stored);
    this.#byId.set(stored.eventId, stored);
  }

  #headNow(): Position {
    return String(this.#events.length) as Position;
  }

  #decode(events: readonly RawEvent[]): Promise<LogEntry[]> {
    return decodeEntries(
      this.#codec,
      events.map(({ data: _, metadata: __, ...header }) => header),
      events.map((event) => ({ ...event, data: event.data.toString(), metadata: event.metadata.toString() })),
    );
  }

  async head(): Promise<Position> {
    return this.#headNow();
  }

  async countBetween(after: Position, upTo: Position): Promise<number> {
    return countBetween(after, upTo);
  }

  async positionBefore(position: Position, events: number): Promise<Position> {
    return positionBefore(position, events);
  }

  #inStream(streamId: StreamId, { from, direction, limit }: ReadStreamOptions = {}): RawEvent[] {
    const stream = this.#streams.get(streamId) ?? [];
    const chosen =
      direction === 'backwards' ? stream.slice(0, (from ?? stream.length) + 1).reverse() : stream.slice(from ?? 0);
    return chosen.slice(0, limit);
  }

  async *readStream(streamId: StreamId, options?: ReadStreamOptions): AsyncGenerator<RecordedEvent> {
    yield* requireDecoded(await this.#decode(this.#inStream(streamId, options)));
  }

  async heads(streamIds: readonly StreamId[]): Promise<ReadonlyMap<StreamId, StreamHead>> {
    const heads = new Map<StreamId, StreamHead>();
    for (const streamId of streamIds) {
      const last = this.#streams.get(streamId)?.at(-1);
      if (last) heads.set(streamId, { revision: last.revision, type: last.type });
    }
    return heads;
  }

  #range({ after, upTo, direction, limit, filter }: ReadAllOptions): RawEvent[] {
    const end = upTo === undefined ? undefined : Number(upTo);
    const events = this.#events.slice(Number(after ?? LOG_START), end).filter(passes(filter));
    return (direction === 'backwards' ? events.reverse() : events).slice(0, limit);
  }

  async *readAll(options: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    yield* requireDecoded(await this.#decode(this.#range(options)));
  }

  async *subscribe(options: SubscribeOptions): AsyncGenerator<EventBatch> {
    for await (const { events, ...rest } of this.#follow(options))
      yield { ...rest, ...parted(await this.#decode(events)) };
  }

  async *#each(events: readonly RawEvent[]): AsyncGenerator<RawEvent> {
    yield* events;
  }

  #at(positions: readonly Position[]): RawEvent[] {
    const wanted = new Set(positions);
    return this.#events.filter(({ position }) => wanted.has(position));
  }

  readonly raw: RawLog = {
    at: async (positions) => this.#at(positions),
    readAll: (options = {}) => this.#each(this.#range(options)),
    readStream: (streamId, options) => this.#each(this.#inStream(streamId, options)),
    subscribe: (options) => this.#follow(options),
  };

  async *#follow({ after = LOG_START, filter, signal }: SubscribeOptions): AsyncGenerator<RawBatch> {
    const accept = passes(filter);
    let position = after;
    let isCaughtUp = false;
    while (!signal.aborted) {
      const page = this.#events.slice(Number(position), Number(position) + PAGE);
      if (page.length === 0 && isCaughtUp) {
        await this.#change(signal);
        continue;
      }
      const before = position;
      position = page.at(-1)?.position ?? position;
      isCaughtUp = hasReached(position, this.#headNow());
      const passed = page.length;
      yield { after: before, events: page.filter(accept), position, passed, caughtUp: isCaughtUp };
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

export const createMemoryEventStore = (codec: EventCodec): MemoryLog => new MemoryEventStore(codec);
