import type { ConversationId, Instant, MessageId, UserId } from '../kernel/ids.js';

export type MessageCommands = {
  SendMessage: {
    messageId: MessageId;
    conversationId: ConversationId;
    text: string;
    replyTo: MessageId | null;
    by: UserId;
    at: Instant;
  };
};
