import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { ConversationId, Instant, MessageId, Position, StreamId, UserId } from '../../domain/kernel/ids.js';

/** Which events are looked for: those of the streams that are named, and of those whose names begin so, of these types. */
export interface StreamsQuery {
  readonly streams?: readonly StreamId[];
  readonly prefixes?: readonly string[];
  readonly types?: readonly ChatEventType[];
}

/** Where an event stands, and what it is. */
export interface EventPlace {
  readonly position: Position;
  readonly streamId: StreamId;
  readonly type: string;
}

/** Which events are looked for: those of a conversation that concern a user, of these types, behind a position. */
export interface ConcerningQuery {
  readonly userId: UserId;
  readonly conversationId: ConversationId;
  readonly types: readonly ChatEventType[];
  readonly after: Position;
}

/** Where a message was sent. */
export interface SentPlace {
  readonly position: Position;
  readonly messageId: MessageId;
}

/** Where a conversation had last been active: its last message, or its beginning. */
export interface ConversationPlace {
  readonly conversationId: ConversationId;
  readonly position: Position;
}

/** The messages that were sent up to a position: how many, and the last of them. */
export interface SentCount {
  readonly messages: number;
  readonly last: SentPlace | null;
}

/** The events by which users come into conversations. */
export const JOINING_TYPES: readonly string[] = ['ConversationStarted', 'MemberAdded'] satisfies ChatEventType[];

/**
 * Finds what made up any moment of the past without reading the log: by ids, types and times, never by content. What is behind
 * `reached` is not in it, nor is what it has left out.
 */
export interface PastIndex {
  /** Answers up to where the index holds every event, but for those that it has left out; `LOG_START` where there is none yet. */
  reached(): Promise<Position>;
  /** Lists the first events up to a position that are parked: one that cannot be decoded, and those behind it in its stream. */
  leftOut(upTo: Position, limit: number): Promise<readonly Position[]>;
  /** Answers the last position up to this one at which the index has an event; `LOG_START` where there is none. */
  lastUpTo(position: Position): Promise<Position>;
  /** Answers where the last event stands that was recorded at a time or before it; `LOG_START` where there is none. */
  lastAt(time: Instant): Promise<Position>;
  /** Lists the events of streams up to a position, in the order of the log. */
  inStreams(query: StreamsQuery, upTo: Position): Promise<readonly EventPlace[]>;
  /** Answers the last event up to a position of each of these streams that has one. */
  lastInStreams(streams: readonly StreamId[], upTo: Position): Promise<readonly EventPlace[]>;
  /** Lists the events of a conversation that concern a user, up to a position, in the order of the log. */
  concerning(query: ConcerningQuery, upTo: Position): Promise<readonly EventPlace[]>;
  /** Lists the messages of a conversation that were sent up to a position, the newest first. */
  sent(conversationId: ConversationId, upTo: Position, limit: number): Promise<readonly SentPlace[]>;
  /** Counts the messages of a conversation up to each of these positions, in their order. */
  countSent(conversationId: ConversationId, upTo: readonly Position[]): Promise<readonly SentCount[]>;
  /**
   * Lists the conversations into which a user may have come up to a position, and these others, in any order: those that began
   * with them, and those where they were added or have added somebody. One that had not begun is left out.
   */
  conversationsOf(
    userId: UserId,
    others: readonly ConversationId[],
    upTo: Position,
  ): Promise<readonly ConversationPlace[]>;
  /** Answers where each user sent their last message of a conversation up to a position. */
  lastSentBy(conversationId: ConversationId, upTo: Position): Promise<ReadonlyMap<UserId, Position>>;
}
