import type { ConversationId, Instant, MessageId, Position, UserId } from '../kernel/ids.js';

export type ReadingCommands = {
  MarkRead: {
    conversationId: ConversationId;
    messageId: MessageId;
    messagePosition: Position;
    /** Whether others are to be told. */
    isShown: boolean;
    by: UserId;
    at: Instant;
  };
};
