import type { ConversationId, Instant, MessageId, Position, UserId } from '../../domain/kernel/ids.js';

/** A message as every member sees it: the same object in answers and in frames. */
export interface MessageView {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  /** 1, 2, 3, … in its conversation, without a hole, in the order of the log. */
  readonly seq: number;
  readonly senderId: UserId;
  readonly text: string | null;
  readonly attachments: readonly never[];
  readonly replyTo: MessageId | null;
  readonly reactions: readonly never[];
  readonly sentAt: Instant;
  readonly editedAt: Instant | null;
  readonly deletedAt: Instant | null;
  /** The last event that changed it; of one that never was changed, where it was sent. */
  readonly position: Position;
  /** Opaque; for `before`, `after` and `around` of the history. */
  readonly cursor: string;
}

/** A message that was sent while a client was away. */
export interface MissedMessage {
  /** Where it was sent: its place in the history, which stays when the message is changed. */
  readonly sentPosition: Position;
  readonly message: MessageView;
}

/** Which part of a history: the newest, or at a cursor or a time. */
export type HistoryPlace =
  | { readonly kind: 'newest' }
  | { readonly kind: 'before' | 'after' | 'around'; readonly cursor: string }
  | { readonly kind: 'at'; readonly time: Instant };

/** Oldest first. */
export interface HistoryPage {
  readonly messages: readonly MessageView[];
  /** For `before`: null when nothing is older. */
  readonly previousCursor: string | null;
  /** For `after`: null when nothing is newer. */
  readonly nextCursor: string | null;
}

/** When a member got and read a message; null where not yet. */
export interface Receipt {
  readonly userId: UserId;
  readonly deliveredAt: Instant | null;
  readonly readAt: Instant | null;
}

/** The read model of messages. The caller has checked that the viewer is a member. */
export interface MessageViews {
  /** Raises `InvalidCursorError`. */
  history(conversationId: ConversationId, place: HistoryPlace, limit: number): Promise<HistoryPage>;
  find(messageId: MessageId): Promise<MessageView | undefined>;
  receipts(messageId: MessageId): Promise<readonly Receipt[]>;
  /** What a user has sent, by conversation and ordinal, behind one of them (null: from the first). */
  sentBy(
    sender: UserId,
    after: { readonly conversationId: ConversationId; readonly seq: number } | null,
    limit: number,
  ): Promise<readonly MessageView[]>;
  /**
   * Messages of the viewer's conversations that were sent behind a position, in the order in which they were sent, as they
   * are now; none behind the one with which their text comes to more than `maxTextBytes`.
   */
  sentSince(viewer: UserId, after: Position, limit: number, maxTextBytes: number): Promise<readonly MissedMessage[]>;
}

/** A cursor that this server did not make. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}
