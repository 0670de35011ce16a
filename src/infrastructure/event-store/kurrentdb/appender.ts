import { randomUUID } from 'node:crypto';
import type { AppendRecordInput, ConsistencyCheck, KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { EventCodec } from '../../../application/ports/event-codec.js';
import {
  ConcurrencyError,
  EventIdConflictError,
  EventStoreOverloadedError,
  EventStoreUnavailableError,
  type AppendBatch,
  type AppendResult,
  type ExpectedRevision,
} from '../../../application/ports/event-store.js';
import type { RawEvent } from '../../../application/ports/raw-log.js';
import type { Position, StreamId } from '../../../domain/kernel/ids.js';
import { BoundedWork } from '../../bounded-work.js';
import { prepareTouches, type PreparedEvent, type PreparedTouch } from '../prepared-append.js';
import type { StoreObserver } from '../store-observer.js';
import { appendRecords } from './append-records.js';
import { giveUpTime, retried, type CallParts } from './calls.js';
import { NoAnswerError, violationsOf, type Violation } from './kurrentdb-errors.js';
import type { LogReader } from './log-reader.js';
import { markerRecord, markerStreamOf, recordOf, type Marker } from './records.js';
import { StreamOrder } from './stream-order.js';

export interface AppenderParts extends CallParts {
  readonly client: KurrentDBClient;
  readonly reader: LogReader;
  readonly codec: EventCodec;
  readonly observer: StoreObserver;
}

/** An event, and the stream to which it goes. */
interface OwnedEvent extends PreparedEvent {
  readonly streamId: StreamId;
}

/** A batch on its way to the server. */
interface Sent {
  readonly touches: readonly PreparedTouch[];
  readonly events: readonly OwnedEvent[];
  readonly first: OwnedEvent;
  readonly markerStream: string;
  readonly call: string;
  /** Where the marker's stream is to be: behind the last fence that is known. */
  markerExpected: ExpectedRevision;
  /** The attempt that may send. Those before it, which were not waited for to the end, may not any more. */
  attempt: number;
}

/** No attempt. */
const NONE = -1;
const STATES = { 'no stream': 'no_stream', 'stream exists': 'stream_exists', any: 'any' } as const;

/** Makes the check of a stream, which must be as it is expected. */
export const checkOf = (streamName: string, expected: ExpectedRevision): ConsistencyCheck => ({
  type: 'stream_state',
  streamName,
  expectedState: typeof expected === 'number' ? BigInt(expected) : STATES[expected],
});

const concurrencyError = ({ touches }: Sent, violations: readonly Violation[]): ConcurrencyError => {
  const touch = touches.find(({ streamId }) => violations.some(({ streamName }) => streamName === streamId));
  const violation = violations.find(({ streamName }) => streamName === touch?.streamId);
  if (!touch || !violation) throw new Error('KurrentDB refused an append over a stream that it does not concern');
  const { actualState } = violation;
  return new ConcurrencyError(
    touch.streamId,
    touch.expected,
    typeof actualState === 'bigint' ? Number(actualState) : 'no stream',
  );
};

/**
 * Says whether a stream has gone past what an append expected of it, so that this append can never be carried out any more. One that
 * is not there yet, or not as far, may come there.
 */
const hasPassed = ({ touches }: Sent, { streamName, actualState }: Violation): boolean => {
  const expected = touches.find(({ streamId }) => streamId === streamName)?.expected;
  if (expected === 'no stream') return true;
  return typeof expected === 'number' && typeof actualState === 'bigint' && actualState > BigInt(expected);
};

const isSame = (stored: RawEvent | undefined, { streamId, event, encoded }: OwnedEvent): boolean =>
  stored?.eventId === event.eventId &&
  stored.streamId === streamId &&
  stored.type === event.type &&
  stored.data.equals(encoded.data);

/**
 * Appends. A batch begins with a marker, in a stream that has the name of the first event's id and holds nothing, or fences alone:
 * so a batch is in the log once at most, however often it is sent, and a repeat is told from the first time and compared with it. The
 * server itself recognises repeats by their ids, but not where a batch has conditions, and it compares no content.
 */
export class Appender {
  readonly #parts: AppenderParts;
  readonly #order = new StreamOrder();
  readonly #sending: BoundedWork;
  #waiting = 0;

  constructor(parts: AppenderParts) {
    const { appendsAtOnce, queuedAppends } = parts.limits;
    this.#parts = parts;
    this.#sending = new BoundedWork({ atOnce: appendsAtOnce, mayWait: queuedAppends }, () => this.#overloaded());
  }

  #overloaded(): Error {
    return new EventStoreOverloadedError('too many appends wait');
  }

  async append(batch: AppendBatch): Promise<AppendResult> {
    const { limits, closing } = this.#parts;
    if (closing.aborted) throw new EventStoreUnavailableError('the log is closed');
    if (this.#waiting >= limits.queuedAppends) throw this.#overloaded();
    const giveUpAt = giveUpTime(limits);
    const touched = {
      writes: batch.streams.map(({ streamId }) => streamId),
      checks: (batch.conditions ?? []).map(({ streamId }) => streamId),
    };
    this.#waiting += 1;
    try {
      return await this.#order.run(touched, () => this.#appendInTurn(batch, giveUpAt));
    } finally {
      this.#waiting -= 1;
    }
  }

  async #appendInTurn(batch: AppendBatch, giveUpAt: number): Promise<AppendResult> {
    const { codec, observer } = this.#parts;
    const touches = await prepareTouches(batch, codec);
    const events = touches.flatMap(({ streamId, events: own }) => own.map((each) => ({ ...each, streamId })));
    const first = events[0] as OwnedEvent; // an empty batch has been refused
    const markerStream = markerStreamOf(first.event.eventId);
    const sent: Sent = {
      touches,
      events,
      first,
      markerStream,
      call: randomUUID(),
      markerExpected: 'no stream',
      attempt: 0,
    };
    const begin = performance.now();
    const attempting = (attempt: number) => this.#attempt(sent, attempt);
    const result = await this.#sending
      .run(() => retried(this.#parts, attempting, giveUpAt))
      .finally(() => (sent.attempt = NONE));
    const seconds = (performance.now() - begin) / 1_000;
    observer.committed({ appends: 1, events: events.length, seconds, waiting: this.#waiting });
    return result;
  }

  #attempt(sent: Sent, attempt: number): Promise<AppendResult> {
    sent.attempt = attempt;
    return this.#send(sent, attempt);
  }

  /** Sends records together with a marker. An attempt that another one has followed sends nothing more. */
  async #write(sent: Sent, attempt: number, records: AppendRecordInput[], marker: Marker): Promise<Position> {
    if (sent.attempt !== attempt) throw new NoAnswerError('this attempt was given up');
    const { markerStream, markerExpected, touches } = sent;
    const checks = marker.events === 0 ? [] : touches.map(({ streamId, expected }) => checkOf(streamId, expected));
    return appendRecords(
      this.#parts.client,
      [markerRecord(markerStream, marker), ...records],
      [checkOf(markerStream, markerExpected), ...checks],
    );
  }

  async #send(sent: Sent, attempt: number): Promise<AppendResult> {
    const { touches, events, markerStream, call } = sent;
    const records = touches.flatMap(({ streamId, events: own }) => own.map((event) => recordOf(streamId, event)));
    try {
      const position = await this.#write(sent, attempt, records, { call, events: events.length });
      return { position, repeated: false };
    } catch (error) {
      const violations = violationsOf(error);
      if (!violations) throw error;
      if (violations.some(({ streamName }) => streamName === markerStream)) return this.#meet(sent, attempt);
      const refusal = concurrencyError(sent, violations);
      if (violations.some((violation) => hasPassed(sent, violation))) throw refusal;
      return this.#fence(sent, attempt, refusal);
    }
  }

  /**
   * Refuses an append that another moment might allow. An attempt before this one, of this call or of one that was told that nothing
   * is known, may still be on its way, and be carried out behind the refusal. So a fence goes where its marker would: it comes too
   * late then.
   */
  async #fence(sent: Sent, attempt: number, refusal: ConcurrencyError): Promise<AppendResult> {
    try {
      await this.#write(sent, attempt, [], { call: sent.call, events: 0 });
    } catch (error) {
      if (violationsOf(error)) return this.#meet(sent, attempt);
      throw error;
    }
    throw refusal;
  }

  /** Reads what stands where the marker was to go: the marker, or a fence, behind which the batch is sent again. */
  async #meet(sent: Sent, attempt: number): Promise<AppendResult> {
    const stored = await this.#parts.reader.lastOf(sent.markerStream);
    // The leader knows of it, and readers do not yet.
    if (!stored) throw new NoAnswerError('KurrentDB has not finished the append that this one repeats');
    const marker = JSON.parse(stored.data.toString()) as Marker;
    if (marker.events > 0) return this.#repeat(sent, marker, stored.position);
    sent.markerExpected = stored.revision;
    return this.#send(sent, attempt);
  }

  /** Compares a batch with the one that its marker says is there. */
  async #repeat({ events, first, call }: Sent, marker: Marker, at: Position): Promise<AppendResult> {
    const [, ...found] = await this.#parts.reader.from(at, marker.events + 1);
    const different = events.find((event, index) => !isSame(found[index], event));
    if (different || marker.events !== events.length)
      throw new EventIdConflictError((different ?? first).event.eventId);
    return { position: (found.at(-1) as RawEvent).position, repeated: marker.call !== call };
  }
}
