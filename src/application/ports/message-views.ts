import type { ConversationId, Instant, MediaId, MessageId, Position, UserId } from '../../domain/kernel/ids.js';

/** The users who react to a message with one emoji. */
export interface ReactionView {
  readonly emoji: string;
  /** The first 20 of them. */
  readonly userIds: readonly UserId[];
  readonly count: number;
}

/** One reaction of a user, as they are told of their own. */
export interface OwnReaction {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly emoji: string;
  readonly reactedAt: Instant;
}

/** A file that a message carries, and where it is read. */
export interface AttachmentView {
  readonly mediaId: MediaId;
  readonly contentType: string;
  readonly size: number;
  readonly name: string | null;
  /** The pixels of an image. */
  readonly width?: number;
  readonly height?: number;
  readonly url: string;
  /** Where an image is read, small. */
  readonly thumbnailUrl?: string;
}

/** A message as every member sees it: the same object in answers and in frames. */
export interface MessageView {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  /** Its number in its conversation: 1, 2, 3, … without a gap, in the order of the log. */
  readonly seq: number;
  readonly senderId: UserId;
  readonly text: string | null;
  /** The members whom the text mentions; a tombstone mentions nobody. */
  readonly mentions: readonly UserId[];
  /** A tombstone carries none. */
  readonly attachments: readonly AttachmentView[];
  readonly replyTo: MessageId | null;
  /** Whether the message that it replies to was deleted; false where it replies to none. */
  readonly replyToDeleted: boolean;
  /** The first 20 different ones, in the order in which they came; a tombstone has none. */
  readonly reactions: readonly ReactionView[];
  readonly sentAt: Instant;
  readonly editedAt: Instant | null;
  readonly deletedAt: Instant | null;
  /** The position of the last event that changed it, or, where none did, the one at which it was sent. */
  readonly position: Position;
  /** The cursor for `before`, `after` and `around` of the history. It is opaque. */
  readonly cursor: string;
}

/** What happened to a message after it was sent. */
export type MessageChangeKind = 'edited' | 'deleted' | 'reacted';

/** A message that was changed while a client was away, as it is now, and the last change of it. */
export interface ChangedMessage {
  readonly change: MessageChangeKind;
  readonly message: MessageView;
}

/** How much is listed of what a client has missed: so many messages, up to the one with which their text comes to more. */
export interface MissedLimits {
  readonly limit: number;
  readonly maxTextBytes: number;
}

/** A message that was sent while a client was away. */
export interface MissedMessage {
  /** The position at which it was sent: its place in the history, which stays when the message is changed. */
  readonly sentPosition: Position;
  readonly message: MessageView;
}

/** The part of a history: the newest one, or the one at a cursor or a time. */
export type HistoryPlace =
  | { readonly kind: 'newest' }
  | { readonly kind: 'before' | 'after' | 'around'; readonly cursor: string }
  | { readonly kind: 'at'; readonly time: Instant };

/** The messages, oldest first. */
export interface HistoryPage {
  readonly messages: readonly MessageView[];
  /** The cursor for `before`; null when nothing is older. */
  readonly previousCursor: string | null;
  /** The cursor for `after`; null when nothing is newer. */
  readonly nextCursor: string | null;
}

/** The messages of a conversation that were sent up to a position, and changed after it. */
interface ChangesPlace {
  readonly since: Position;
  /** The last change of the page before; `since` for the first one. */
  readonly after: Position;
  /** The last message of the page before: an erasure changes many at one position. It is left out for the first page. */
  readonly afterSeq?: number | undefined;
}

/** The times at which a member got and read a message; null where they have not yet. */
export interface Receipt {
  readonly userId: UserId;
  readonly deliveredAt: Instant | null;
  readonly readAt: Instant | null;
}

/** Receipts in the order of the members' ids, so that a page stays what it is. */
export interface ReceiptPage {
  readonly receipts: readonly Receipt[];
  readonly nextCursor: string | null;
}

/** The read model of messages. The caller has checked that the viewer is a member. */
export interface MessageViews {
  /** Raises `InvalidCursorError`. */
  history(conversationId: ConversationId, place: HistoryPlace, limit: number): Promise<HistoryPage>;
  /** Lists changed messages of a conversation, in the order of their last changes, as they are now. */
  changes(conversationId: ConversationId, place: ChangesPlace, limit: number): Promise<readonly MessageView[]>;
  find(messageId: MessageId): Promise<MessageView | undefined>;
  /** Answers several messages, in any order. It leaves out those that there are not. */
  findSome(messageIds: readonly MessageId[]): Promise<readonly MessageView[]>;
  /** Says whether a user is a member of a conversation in which a message carries the file. */
  isAttachedFor(viewer: UserId, mediaId: MediaId): Promise<boolean>;
  /** Says whether any message carries the file that is not deleted. */
  isAttached(mediaId: MediaId): Promise<boolean>;
  /** Answers the receipts of all members but the sender, after a cursor. Raises `InvalidCursorError`. */
  receipts(
    messageId: MessageId,
    page: { readonly after: string | undefined; readonly limit: number },
  ): Promise<ReceiptPage>;
  /** Lists the messages that a user has sent, by conversation and ordinal, after one of them (null: from the first). */
  sentBy(
    sender: UserId,
    after: { readonly conversationId: ConversationId; readonly seq: number } | null,
    limit: number,
  ): Promise<readonly MessageView[]>;
  /** Lists the reactions of a user, by message and emoji, after one of them (null: from the first). */
  reactedBy(
    userId: UserId,
    after: Pick<OwnReaction, 'messageId' | 'emoji'> | null,
    limit: number,
  ): Promise<readonly OwnReaction[]>;
  /**
   * Lists messages of the viewer's conversations that were sent after a position, in the order in which they were sent, as they
   * are now. It answers what is made of each as it comes, so that not all of them are in memory at once.
   */
  sentSince<Made>(
    viewer: UserId,
    after: Position,
    limits: MissedLimits,
    make: (missed: MissedMessage) => Made,
  ): Promise<readonly Made[]>;
  /**
   * Lists messages of the viewer's conversations that were sent up to a position and changed after it, in the order of their
   * last changes, as they are now. It answers what is made of each as it comes.
   */
  changedSince<Made>(
    viewer: UserId,
    after: Position,
    limits: MissedLimits,
    make: (changed: ChangedMessage) => Made,
  ): Promise<readonly Made[]>;
}

/** A cursor that this server did not make. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}
