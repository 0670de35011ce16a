import type { ConversationId, Instant, MessageId, UserId } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type PinEvents = {
  MessagePinned: { messageId: MessageId; conversationId: ConversationId; pinnedBy: UserId; pinnedAt: Instant };
  /** Somebody took it down, or deleted the message. */
  MessageUnpinned: { messageId: MessageId; conversationId: ConversationId; unpinnedBy: UserId; unpinnedAt: Instant };
};
