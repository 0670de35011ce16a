import type { ChatEvents, ChatEventType } from '../../domain/event-catalogue.js';
import type { CommandId, EventId, Instant, Position, SessionId, StreamId, UserId } from '../../domain/kernel/ids.js';

/** The actor and the cause of an event. It is flat, and stored as the exact bytes that were appended. */
export interface EventMetadata {
  readonly commandId: CommandId;
  /** The request, or the chain of requests, that the event belongs to. */
  readonly correlationId: string;
  /** The cause of the command: an event's id for a reactor, the command's own id otherwise. */
  readonly causationId: string;
  readonly actorId: UserId | null;
  readonly sessionId: SessionId | null;
  readonly recordedAt: Instant;
}

/** An event to be appended. The log refuses one that is not of the catalogue. */
export interface NewEvent {
  readonly eventId: EventId;
  readonly type: string;
  readonly data: object;
  readonly metadata: EventMetadata;
}

/** Everything that is known of an event in the log but its content. */
export interface EventHeader {
  readonly position: Position;
  readonly streamId: StreamId;
  /** The number of the event in its stream, counted from 0, without gaps. */
  readonly revision: number;
  readonly eventId: EventId;
  readonly type: string;
  /** The version with which it was stored. */
  readonly schemaVersion: number;
}

/** An event in the log, lifted to its newest shape, of any type of the catalogue or of the types that are named. */
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

/** The state that an append expects of a stream: absent, present, at an exact revision, or any. */
export type ExpectedRevision = 'no stream' | 'stream exists' | 'any' | number;

/** A stream that is only read. The append is refused unless it is as expected. */
export interface StreamCondition {
  readonly streamId: StreamId;
  readonly expected: ExpectedRevision;
}

/** Events for one stream. */
export interface StreamAppend extends StreamCondition {
  /** There is at least one event. */
  readonly events: readonly NewEvent[];
}

/** Appends that are carried out together, or not at all. Each stream stands in it once. */
export interface AppendBatch {
  readonly streams: readonly StreamAppend[];
  readonly conditions?: readonly StreamCondition[];
}

export interface AppendResult {
  /** The position of the batch's last event. */
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

/** Selects events of these types, or of streams whose names begin so. Where both are given, either will do. */
export interface EventFilter {
  readonly types?: readonly ChatEventType[];
  readonly streamPrefixes?: readonly string[];
}

/** Which stretch of the log is read, and from which end. */
export interface ReadAllOptions {
  /** Reads events after this position; by default from the start of the log. */
  readonly after?: Position;
  /** Reads events up to this position, the event there included; by default up to the end of the log. */
  readonly upTo?: Position;
  /** Backwards, the last event of the stretch comes first. */
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
  readonly filter?: EventFilter;
}

export interface SubscribeOptions {
  readonly after?: Position;
  readonly filter?: EventFilter;
  /** Ends the subscription: its iterator finishes. */
  readonly signal: AbortSignal;
}

/** The events that a subscription gives at a time. */
export interface EventBatch {
  /** The position that it follows on: that of the batch before, or the one at which the subscription began. */
  readonly after: Position;
  /** The events in order of position. There may be none, when only the position moved, or the end was reached. */
  readonly events: readonly RecordedEvent[];
  /** Events that pass the filter and cannot be decoded, in order of position. The store has reported them. */
  readonly undecodable: readonly UndecodableEvent[];
  /** The position up to which everything has been seen, filtered events included. */
  readonly position: Position;
  /** The number of events from `after` up to `position`, filtered events included. */
  readonly passed: number;
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
  /**
   * Appends, and answers once it is durable. Raises `ConcurrencyError`, `EventIdConflictError`, `AppendTooLargeError`,
   * `EventStoreOverloadedError` or `EventStoreUnavailableError`.
   */
  append(batch: AppendBatch): Promise<AppendResult>;
  /** Reads a stream, which gives nothing where it is absent. Raises `UndecodableEventError`. */
  readStream(streamId: StreamId, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;
  /** Answers how streams end, absent ones left out, by one question, however many they are. Raises `EventStoreOverloadedError`. */
  heads(streamIds: readonly StreamId[]): Promise<ReadonlyMap<StreamId, StreamHead>>;
  /** Reads the log. Raises `UndecodableEventError` when it comes to such an event. */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;
  /**
   * Catches up, then follows live: in order, without gaps, each event once. Only its signal ends it. It tries again, whatever
   * fails, and passes on an event that cannot be decoded as such.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<EventBatch>;
  /** Answers the position of the last event, `LOG_START` for an empty log. */
  head(): Promise<Position>;
  /**
   * Answers how many events stand after one position of the log, up to another; 0 where the second comes first. It is
   * estimated by a store that would have to read them, where they are more than a thousand.
   */
  countBetween(after: Position, upTo: Position): Promise<number>;
  /** Answers the position so many events before another one; `LOG_START` where there are fewer. */
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

/** An event id is in the log already, with another content, or without the other events of its command. */
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

/** The append is larger than the store takes. Nothing was written, and a repeat would be refused, too. */
export class AppendTooLargeError extends Error {
  override readonly name = 'AppendTooLargeError';
}

/** More appends wait than the store takes. Nothing was written. */
export class EventStoreOverloadedError extends Error {
  override readonly name = 'EventStoreOverloadedError';
}

/** The store cannot be reached. Whether the append was written is not known: repeat it with the same event ids. */
export class EventStoreUnavailableError extends Error {
  override readonly name = 'EventStoreUnavailableError';
}
