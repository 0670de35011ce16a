import type { ConversationId, Instant, MessageId, UserId } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type ReactionEvents = {
  ReactionAdded: {
    messageId: MessageId;
    conversationId: ConversationId;
    userId: UserId;
    emoji: string;
    addedAt: Instant;
  };
  ReactionRemoved: {
    messageId: MessageId;
    conversationId: ConversationId;
    userId: UserId;
    emoji: string;
    removedAt: Instant;
  };
};
