import type { ConversationKind, Role } from '../../domain/conversations/events.js';
import type { ConversationId, Instant, MessageId, Position, UserId } from '../../domain/kernel/ids.js';
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
  /** In the order they joined; the first 20 in a list, all in a single one. */
  readonly members: readonly MemberView[];
  readonly memberCount: number;
  readonly createdAt: Instant;
  readonly lastMessage: MessageView | null;
  readonly lastActivityAt: Instant;
  /** The caller's: what others sent after the last message the caller read. */
  readonly unreadCount: number;
  readonly lastReadMessageId: MessageId | null;
  /** The last event that changed it. */
  readonly position: Position;
}

export type ConversationChangeKind = 'started' | 'renamed' | 'member_added' | 'member_removed' | 'role_changed';

/** The first thing that happened to a conversation while a client was away. */
export interface ConversationChange {
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly kind: ConversationChangeKind;
}

/** Somebody who is no member any more, and since when. */
export interface RemovedMember {
  readonly userId: UserId;
  readonly position: Position;
}

/** A change, or several alike, of one conversation. */
export interface ConversationChangeLookup {
  readonly conversationId: ConversationId;
  /** The position of the first of them. */
  readonly position: Position;
  /** Who joined by it, behind messages that were there before. */
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
  /** The users whom a removal behind the change has taken out: they may not see the conversation as it is now. */
  readonly removedSince: ReadonlySet<UserId>;
  /** The last message before the first of them joined; null when there was none, or nobody joined. */
  readonly lastBeforeJoining: MessageView | null;
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

/** The read model of conversations and of how far their members have read. */
export interface ConversationViews {
  /** Undefined when it does not exist or the viewer is no member. */
  find(conversationId: ConversationId, viewer: UserId): Promise<ConversationView | undefined>;
  /** Whether the viewer is a member, as far as the read model has come. */
  isMember(conversationId: ConversationId, viewer: UserId): Promise<boolean>;
  /** Several conversations as the viewer sees them, with members as in a list. Those that the viewer is not in are left out. */
  findSome(viewer: UserId, conversationIds: readonly ConversationId[]): Promise<readonly ConversationView[]>;
  /** What there is to tell of each change; undefined where the conversation is unknown. Members as in a list. */
  findChanged(changes: readonly ConversationChangeLookup[]): Promise<readonly (ChangedConversation | undefined)[]>;
  /** The inbox, newest activity first. `before` is the cursor of an earlier answer. Raises `InvalidCursorError`. */
  inbox(
    viewer: UserId,
    page: { readonly before: string | undefined; readonly limit: number },
  ): Promise<{ conversations: readonly ConversationView[]; nextCursor: string | null }>;
  /** The conversations that each of these users is in. */
  membershipsOf(userIds: readonly UserId[]): Promise<readonly { userId: UserId; conversationId: ConversationId }[]>;
  /**
   * The first change behind a position of each of the viewer's conversations, in order of position. Before the viewer
   * joined nothing counts; where they are no member any more it is their removal.
   */
  changesSince(viewer: UserId, after: Position, limit: number): Promise<readonly ConversationChange[]>;
  /** Reading in the viewer's conversations, the newest of each member, in order of position. */
  readsSince(viewer: UserId, after: Position, limit: number): Promise<readonly ReadMark[]>;
  /** The viewer's conversations with messages behind a position, each with the ordinal of the last one before it (0 for none). */
  unseenSince(viewer: UserId, after: Position): Promise<readonly UnseenConversation[]>;
}

/** A conversation that went on without the viewer. */
interface UnseenConversation {
  readonly conversationId: ConversationId;
  readonly lastSeenSeq: number;
}
