import type { ConversationKind, Role } from '../../domain/conversations/events.js';
import type { ConversationId, Instant, MessageId, Position, UserId } from '../../domain/kernel/ids.js';
import type { Attachment } from '../../domain/messages/attachments.js';
import { hasReached } from '../../domain/kernel/position.js';
import { ERASED } from '../kernel/erased.js';
import type { ConversationChange, PreferencesChange } from '../ports/conversation-views.js';
import type { MessageChangeKind } from '../ports/message-views.js';
import type { PinChange } from '../ports/pin-views.js';
import { changeRow } from './rows.js';

/** A conversation, as far as all members see it alike. */
export interface ConversationRow {
  readonly conversationId: ConversationId;
  readonly kind: ConversationKind;
  readonly title: string | null;
  /** The user whose words the title is: it goes with them. */
  readonly titledBy: UserId;
  readonly createdAt: Instant;
  readonly memberCount: number;
  /** The ordinal of its newest message, 0 before the first. */
  readonly lastSeq: number;
  readonly lastMessagePosition: Position;
  readonly lastActivityAt: Instant;
  readonly activityPosition: Position;
  readonly position: Position;
}

/** A member, also one who has left: a return finds how far they had read. */
export interface MemberRow {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly role: Role;
  readonly joinedAt: Instant;
  readonly joinedPosition: Position;
  /** The ordinal of the last message before that: unread begins behind it. */
  readonly joinedSeq: number;
  readonly active: boolean;
  readonly readSeq: number;
  readonly position: Position;
}

export interface MessageRow {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly seq: number;
  readonly senderId: UserId;
  readonly text: string | null;
  /** It is null where nobody is mentioned. */
  readonly mentions: readonly UserId[] | null;
  /** Null where it carries no files. */
  readonly attachments: readonly Attachment[] | null;
  readonly replyTo: MessageId | null;
  readonly sentAt: Instant;
  readonly editedAt: Instant | null;
  readonly deletedAt: Instant | null;
  /** Its place in the history, in the order of the ordinals. */
  readonly sentPosition: Position;
  /** The position of its last change: where it was sent, as long as nothing has changed it. */
  readonly position: Position;
  /** The last change; null as long as there was none. */
  readonly change: MessageChangeKind | null;
}

/** That a user reacts to a message with an emoji, or has taken it back. */
interface ReactionRow {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly emoji: string;
  readonly active: boolean;
  readonly changedAt: Instant;
  readonly position: Position;
}

/** How a member keeps a conversation, also one who has left. */
export type PreferencesRow = PreferencesChange & { readonly userId: UserId };

/** That a member has read up to a message. */
export interface ReadRow {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly seq: number;
  readonly messageId: MessageId;
  readonly readAt: Instant;
  readonly position: Position;
  /** The only user who may see it; null where everybody in the conversation may. */
  readonly visibleTo: UserId | null;
}

/** That everything up to a message has come to a member. */
interface DeliveryRow {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly seq: number;
  readonly messageId: MessageId;
  readonly deliveredAt: Instant;
  readonly position: Position;
}

/** Something that happened to a conversation, and to whom. */
export interface ChangeRow extends ConversationChange {
  readonly userId: UserId | null;
}

export interface ErasedRow {
  readonly userId: UserId;
  /** The position of the erasure. */
  readonly position: Position;
}

/** The rows of the `messages` projection: what its views mean is said by what events do to them. */
export type MessagesTables = {
  readonly conversations: Map<string, ConversationRow>;
  readonly members: Map<string, MemberRow>;
  readonly messages: Map<string, MessageRow>;
  readonly reactions: Map<string, ReactionRow>;
  readonly pins: Map<string, PinChange>;
  readonly preferences: Map<string, PreferencesRow>;
  readonly reads: Map<string, ReadRow>;
  readonly deliveries: Map<string, DeliveryRow>;
  readonly changes: Map<string, ChangeRow>;
  readonly erased: Map<string, ErasedRow>;
};

export const memberKey = (conversationId: ConversationId, userId: UserId): string => `${conversationId} ${userId}`;

/** The key of what happened to a conversation: an erasure changes the titles of several at one position. */
export const changeKey = ({ conversationId, position }: Pick<ChangeRow, 'conversationId' | 'position'>): string =>
  `${conversationId} ${position}`;

/** Says whether the event, or one behind it, has changed this row: a repeat changes nothing. */
export const isKnown = (row: { readonly position: Position }, event: { readonly position: Position }): boolean =>
  hasReached(row.position, event.position);

/**
 * Answers what is shown of a text: that of an erased user is not, even if it came at the very moment of the erasure.
 */
export const shownWords = ({ erased }: MessagesTables, userId: UserId, words: string): string =>
  erased.has(userId) ? ERASED : words;

/** Answers what is shown of mentions or of files: those in a message of an erased user are gone with its words. */
export const shownWith = <Item>(
  { erased }: MessagesTables,
  userId: UserId,
  items: readonly Item[] | undefined,
): readonly Item[] | null => (items === undefined || erased.has(userId) ? null : items);

/** Says whether anything has changed the message since it was sent. */
export const isChanged = ({ position, sentPosition }: Pick<MessageRow, 'position' | 'sentPosition'>): boolean =>
  position !== sentPosition;

/** Reading goes forward alone. */
export const readUpTo = ({ members }: MessagesTables, conversationId: ConversationId, userId: UserId, seq: number) =>
  changeRow(members, memberKey(conversationId, userId), (row) => (row.readSeq < seq ? { ...row, readSeq: seq } : row));
