import type { ConversationId, Instant, MessageId, Position, UserId } from '../kernel/ids.js';

export type ReadingCommands = {
  MarkRead: {
    conversationId: ConversationId;
    messageId: MessageId;
    messagePosition: Position;
    by: UserId;
    at: Instant;
  };
};
