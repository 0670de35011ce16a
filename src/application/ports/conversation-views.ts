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

/** One thing that happened to a conversation, for resuming clients. */
export interface ConversationChange {
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly kind: ConversationChangeKind;
  /** The member it was about; null for a start or a new title. */
  readonly userId: UserId | null;
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
  /** For several viewers at once: what each of them sees now. Viewers who are no members are left out. */
  findForViewers(
    conversationId: ConversationId,
    viewers: readonly UserId[],
  ): Promise<ReadonlyMap<UserId, ConversationView>>;
  /** The inbox, newest activity first. `before` is the cursor of an earlier answer. Raises `InvalidCursorError`. */
  inbox(
    viewer: UserId,
    page: { readonly before: string | undefined; readonly limit: number },
  ): Promise<{ conversations: readonly ConversationView[]; nextCursor: string | null }>;
  /** The conversations that each of these people is in. */
  membershipsOf(userIds: readonly UserId[]): Promise<readonly { userId: UserId; conversationId: ConversationId }[]>;
  /** Changes of the viewer's conversations (those they were removed from included), in order of position. */
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
