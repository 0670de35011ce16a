import type { ConversationKind, Role } from '../../domain/conversations/events.js';
import type { ConversationId, Instant, MessageId, Position, UserId } from '../../domain/kernel/ids.js';
import type { Preferences } from '../../domain/preferences/preferences.js';
import type { MessageView } from './message-views.js';

export interface MemberView {
  readonly userId: UserId;
  readonly role: Role;
  readonly joinedAt: Instant;
}

/** A conversation as one of its members sees it. */
export interface ConversationView {
  readonly conversationId: ConversationId;
  readonly kind: ConversationKind;
  readonly title: string | null;
  /** The members in the order in which they joined: the first 20 in a list, all in a single conversation. */
  readonly members: readonly MemberView[];
  readonly memberCount: number;
  readonly createdAt: Instant;
  readonly lastMessage: MessageView | null;
  readonly lastActivityAt: Instant;
  /** The number of messages that others sent after the last one that the caller has read. */
  readonly unreadCount: number;
  /** The number of these that mention the caller. */
  readonly mentionCount: number;
  readonly lastReadMessageId: MessageId | null;
  /** How the caller keeps it. */
  readonly preferences: Readonly<Preferences>;
  /** The position of the last event that changed it. */
  readonly position: Position;
}

export type ConversationChangeKind = 'started' | 'renamed' | 'member_added' | 'member_removed' | 'role_changed';

/** The first change of a conversation while a client was away. */
export interface ConversationChange {
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly kind: ConversationChangeKind;
}

/** A user who is no member any more, and since when. */
export interface RemovedMember {
  readonly userId: UserId;
  readonly position: Position;
}

/** A change, or several alike, of one conversation. */
export interface ConversationChangeLookup {
  readonly conversationId: ConversationId;
  /** The position of the first of them. */
  readonly position: Position;
  /** The members who joined by it, after messages that were there before. */
  readonly joined: readonly UserId[];
  readonly removed: readonly RemovedMember[];
}

/** What all members see alike of a conversation that has changed, as it is now. */
export interface ChangedConversation extends Pick<
  ConversationView,
  'conversationId' | 'kind' | 'title' | 'members' | 'memberCount' | 'createdAt' | 'position'
> {
  /** Whether a removed member was among those that lists show, so that another has taken that place. */
  readonly areMembersShifted: boolean;
  /** The users whom a later removal has taken out: they may not see the conversation as it is now. */
  readonly removedSince: ReadonlySet<UserId>;
  /** How those who joined by it keep the conversation, where they have been members before and said so. */
  readonly preferences: ReadonlyMap<UserId, Readonly<Preferences>>;
  /** The last message before the first of them joined; null when there was none, or nobody joined. */
  readonly lastBeforeJoining: MessageView | null;
}

/** How a member keeps a conversation from a position on. */
export interface PreferencesChange {
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly preferences: Readonly<Preferences>;
}

/** One member's reading. */
export interface ReadMark {
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly messageId: MessageId;
  /** The message's ordinal in its conversation. */
  readonly seq: number;
  readonly readAt: Instant;
}

/** How far a member has come in a conversation, as the others are told: they have got, or read, everything up to a message. */
export interface Watermark {
  readonly kind: 'read' | 'delivered';
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly messageId: MessageId;
  /** The message's ordinal in its conversation. */
  readonly seq: number;
  readonly at: Instant;
}

/** That a user was erased, and a position before it behind which nothing else was sent or changed. */
export interface Erasure {
  readonly userId: UserId;
  readonly position: Position;
  readonly since: Position;
}

/** A list shows so many members of each conversation, those who joined first. */
export const MEMBERS_IN_LISTS = 20;
/** A conversation by itself shows so many. */
export const ALL_MEMBERS = 1_000;

/** The read model of conversations and of how far their members have read. */
export interface ConversationViews {
  /** Answers one conversation; undefined when it does not exist or the viewer is no member. */
  find(conversationId: ConversationId, viewer: UserId): Promise<ConversationView | undefined>;
  /** Says whether the viewer is a member, as far as the read model has come. */
  isMember(conversationId: ConversationId, viewer: UserId): Promise<boolean>;
  /** Answers several conversations as the viewer sees them, with members as in a list. It leaves out those of others. */
  findSome(viewer: UserId, conversationIds: readonly ConversationId[]): Promise<readonly ConversationView[]>;
  /** Answers what is pushed of each change; undefined where the conversation is unknown. Members are as in a list. */
  findChanged(changes: readonly ConversationChangeLookup[]): Promise<readonly (ChangedConversation | undefined)[]>;
  /** Lists the inbox, newest activity first. `before` is the cursor of an earlier answer. Raises `InvalidCursorError`. */
  inbox(
    viewer: UserId,
    page: { readonly before: string | undefined; readonly limit: number },
  ): Promise<{ conversations: readonly ConversationView[]; nextCursor: string | null }>;
  /** Answers the conversations that each of these users is in. */
  membershipsOf(userIds: readonly UserId[]): Promise<readonly { userId: UserId; conversationId: ConversationId }[]>;
  /**
   * Lists the first change after a position of each of the viewer's conversations, in order of position. Changes before the
   * viewer joined do not count. Where they are no member any more, the change is their removal.
   */
  changesSince(viewer: UserId, after: Position, limit: number): Promise<readonly ConversationChange[]>;
  /** Lists the viewer's own preferences that were changed after a position, of conversations that they are in, in order of position. */
  preferencesSince(viewer: UserId, after: Position, limit: number): Promise<readonly PreferencesChange[]>;
  /** Lists the viewer's own reading after a position, the newest of each conversation, in order of position. */
  readsSince(viewer: UserId, after: Position, limit: number): Promise<readonly ReadMark[]>;
  /**
   * Lists how far other members have come since somewhat before a position, the newest of each member, in order of position.
   * Live, they are told up to a second late, behind frames of later positions: so what was told around that position comes
   * again. Conversations with more than `MOST_MEMBERS_TOLD` members are left out.
   */
  receiptsSince(viewer: UserId, after: Position, limit: number): Promise<readonly Watermark[]>;
  /** Lists the viewer's conversations in which something was sent or changed after a position. */
  unseenSince(viewer: UserId, after: Position): Promise<readonly UnseenConversation[]>;
  /** Lists the conversations in which the erasure of a user changed a message or the title. */
  changedByErasure(erasure: Erasure): Promise<readonly UnseenConversation[]>;
  /** Lists the conversations that the viewer has left after a position, and is in no more. */
  leftSince(viewer: UserId, after: Position): Promise<readonly ConversationId[]>;
}

/** A conversation that went on without the viewer. */
export interface UnseenConversation {
  readonly conversationId: ConversationId;
  /** The ordinal of the last message that was there, or 0. */
  readonly lastSeenSeq: number;
  /** Whether a message up to that one was changed since. */
  readonly areSeenChanged: boolean;
}
