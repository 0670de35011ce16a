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
  /** The sender wrote another text in its place. */
  MessageEdited: {
    messageId: MessageId;
    conversationId: ConversationId;
    senderId: UserId;
    text: string;
    editedAt: Instant;
  };
  /** The message is a tombstone from now on: its place in the history stays. */
  MessageDeleted: { messageId: MessageId; conversationId: ConversationId; deletedBy: UserId; deletedAt: Instant };
};
