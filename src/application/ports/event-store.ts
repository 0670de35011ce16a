import type { ChatEvents, ChatEventType } from '../../domain/event-catalogue.js';
import type { CommandId, EventId, Instant, Position, SessionId, StreamId, UserId } from '../../domain/kernel/ids.js';

/** Who and what caused an event. Flat; stored as the exact bytes that were appended. */
export interface EventMetadata {
  readonly commandId: CommandId;
  /** The request, or the chain of requests, that the event belongs to. */
  readonly correlationId: string;
  /** What led to the command: an event's id for a reactor, the command's own id otherwise. */
  readonly causationId: string;
  readonly actorId: UserId | null;
  readonly sessionId: SessionId | null;
  readonly recordedAt: Instant;
}

/** An event on its way into the log, which refuses one that is not of the catalogue. */
export interface NewEvent {
  readonly eventId: EventId;
  readonly type: string;
  readonly data: object;
  readonly metadata: EventMetadata;
}

/** All that is known of an event in the log but its content. */
export interface EventHeader {
  readonly position: Position;
  readonly streamId: StreamId;
  /** Counted from 0 in its stream, without holes. */
  readonly revision: number;
  readonly eventId: EventId;
  readonly type: string;
  /** The version it was stored with. */
  readonly schemaVersion: number;
}

/** An event in the log, lifted to its newest shape: of any type of the catalogue, or of those that are named. */
export type RecordedEvent<Type extends ChatEventType = ChatEventType> = {
  readonly [Each in Type]: EventHeader & {
    readonly type: Each;
    readonly data: ChatEvents[Each];
    readonly metadata: EventMetadata;
  };
}[Type];

/** An event in the log whose content this program cannot read. */
export interface UndecodableEvent extends EventHeader {
  readonly reason: string;
}

/** What a stream must look like for an append: absent, present, at an exact revision, or anything. */
export type ExpectedRevision = 'no stream' | 'stream exists' | 'any' | number;

/** A stream that is only read: the append is refused unless it is still as expected. */
export interface StreamCondition {
  readonly streamId: StreamId;
  readonly expected: ExpectedRevision;
}

/** Events for one stream. */
export interface StreamAppend extends StreamCondition {
  /** At least one. */
  readonly events: readonly NewEvent[];
}

/** All of it is appended, or nothing. No stream stands in it twice. */
export interface AppendBatch {
  readonly streams: readonly StreamAppend[];
  readonly conditions?: readonly StreamCondition[];
}

export interface AppendResult {
  /** Where the batch's last event stands. */
  readonly position: Position;
  /** Whether these very events were in the log already; the answer is then that of the first time. */
  readonly repeated: boolean;
}

export interface ReadStreamOptions {
  /** The first revision to read, this one included; by default the first (or the last, backwards). */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

/** Leaves only events of these types, or of streams whose names begin so. Both given: either will do. */
export interface EventFilter {
  readonly types?: readonly ChatEventType[];
  readonly streamPrefixes?: readonly string[];
}

export interface ReadAllOptions {
  /** Read what stands behind this position; by default the whole log. */
  readonly after?: Position;
  readonly limit?: number;
  readonly filter?: EventFilter;
}

export interface SubscribeOptions {
  readonly after?: Position;
  readonly filter?: EventFilter;
  /** Ends the subscription: its iterator finishes. */
  readonly signal: AbortSignal;
}

/** What a subscription hands over at a time. */
export interface EventBatch {
  /** What it follows on: the position of the batch before, or where the subscription began. */
  readonly after: Position;
  /** In order of position; may be empty when only the position moved, or to say that it has caught up. */
  readonly events: readonly RecordedEvent[];
  /** Events between those that pass the filter and cannot be decoded, in order of position. The store has reported them. */
  readonly undecodable: readonly UndecodableEvent[];
  /** Everything up to here has been seen, filtered events included. */
  readonly position: Position;
  /** Whether the end of the log was reached with this batch: what follows is live. */
  readonly caughtUp: boolean;
}

/** The last event of a stream, without its content. */
export interface StreamHead {
  readonly revision: number;
  readonly type: string;
}

/** The one ordered log. */
export interface EventStore {
  /** Durable when it answers. Raises `ConcurrencyError`, `EventIdConflictError`, `EventStoreOverloadedError`, `EventStoreUnavailableError`. */
  append(batch: AppendBatch): Promise<AppendResult>;
  /** Nothing for an absent stream. Raises `UndecodableEventError`. */
  readStream(streamId: StreamId, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;
  /** How the streams end, absent ones left out: one question, however many they are. Raises `EventStoreOverloadedError`. */
  heads(streamIds: readonly StreamId[]): Promise<ReadonlyMap<StreamId, StreamHead>>;
  /** Raises `UndecodableEventError` when it comes to such an event. */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;
  /**
   * Catches up, then follows live; in order, without holes, each event once. Ends by its signal alone: it tries again,
   * whatever fails, and passes on an event that cannot be decoded as such.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<EventBatch>;
  /** The position of the last event, `LOG_START` for an empty log. */
  head(): Promise<Position>;
  /**
   * How many events stand behind one position of the log, up to another; 0 where the second comes first. It is asked often:
   * a store that would have to read them may estimate what is more than a thousand.
   */
  countBetween(after: Position, upTo: Position): Promise<number>;
  /** The position so many events before another one; `LOG_START` where there are fewer. */
  positionBefore(position: Position, events: number): Promise<Position>;
}

/** A stream was not as the append expected it. */
export class ConcurrencyError extends Error {
  override readonly name = 'ConcurrencyError';

  constructor(
    readonly streamId: StreamId,
    readonly expected: ExpectedRevision,
    readonly actual: number | 'no stream',
  ) {
    super(`stream ${streamId} was expected at ${expected} and is at ${actual}`);
  }
}

/** An event id is in the log already, with another content or without its companions. */
export class EventIdConflictError extends Error {
  override readonly name = 'EventIdConflictError';

  constructor(readonly eventId: EventId) {
    super(`event ${eventId} is in the log with another content`);
  }
}

/** An event that was asked for cannot be decoded. */
export class UndecodableEventError extends Error {
  override readonly name = 'UndecodableEventError';

  constructor(readonly event: UndecodableEvent) {
    super(`event ${event.position} of type ${event.type} in ${event.streamId} cannot be decoded: ${event.reason}`);
  }
}

/** More appends wait than the store takes; nothing was written. */
export class EventStoreOverloadedError extends Error {
  override readonly name = 'EventStoreOverloadedError';
}

/** The store cannot be reached; whether the append was written is not known: repeat it with the same event ids. */
export class EventStoreUnavailableError extends Error {
  override readonly name = 'EventStoreUnavailableError';
}
