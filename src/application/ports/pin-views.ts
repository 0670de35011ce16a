import type { ConversationId, Instant, MessageId, Position, UserId } from '../../domain/kernel/ids.js';
import type { MessageView } from './message-views.js';

/** A pinned message, as every member sees it. */
export interface PinView {
  readonly message: MessageView;
  readonly pinnedBy: UserId;
  readonly pinnedAt: Instant;
}

/** That a message was pinned, or is pinned no more. */
export interface PinChange {
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
  readonly isPinned: boolean;
  /** The user who did it. */
  readonly userId: UserId;
  readonly at: Instant;
}

/** The read model of pinned messages. The caller has checked that the viewer is a member. */
export interface PinViews {
  /** Lists the pinned messages of a conversation, the one pinned last first. */
  list(conversationId: ConversationId): Promise<readonly PinView[]>;
  /** Lists the last change of each message of the viewer's conversations that was pinned or unpinned after a position, in order. */
  changedSince(viewer: UserId, after: Position, limit: number): Promise<readonly PinChange[]>;
  /** Lists the messages that a user has pinned, and that still are. */
  pinnedBy(userId: UserId): Promise<readonly PinChange[]>;
}
