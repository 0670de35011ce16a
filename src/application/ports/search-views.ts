import type { ConversationId, Instant, MessageId, Position, UserId } from '../../domain/kernel/ids.js';

/** What is looked for, and where. */
export interface SearchQuery {
  /** The conversations that are searched. */
  readonly conversationIds: readonly ConversationId[];
  /** What a message has to contain, all of it, in normal form. */
  readonly words: readonly string[];
  readonly senderId: UserId | undefined;
  /** The message was sent at this time or later. */
  readonly from: Instant | undefined;
  /** The message was sent before this time. */
  readonly to: Instant | undefined;
  /** The message was sent before this position; undefined for the newest. */
  readonly before: Position | undefined;
  readonly limit: number;
}

export interface FoundMessage {
  readonly messageId: MessageId;
  readonly sentPosition: Position;
}

export interface FoundPage {
  /** The newest first. */
  readonly found: readonly FoundMessage[];
  /**
   * Where to go on, as `before`; null at the end. A page may hold fewer messages than asked for, and even none, where it took
   * much to look through the rest.
   */
  readonly next: Position | null;
}

/** The read model of what messages are found by. The caller knows which conversations the viewer may see. */
export interface SearchViews {
  find(query: SearchQuery): Promise<FoundPage>;
}
