import type { ConversationId, Instant, MessageId, UserId } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type MessageEvents = {
  MessageSent: {
    messageId: MessageId;
    conversationId: ConversationId;
    senderId: UserId;
    text: string;
    replyTo: MessageId | null;
    sentAt: Instant;
  };
};
