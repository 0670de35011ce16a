import type { ConversationId, Instant, MessageId, Position, UserId } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type ReadingEvents = {
  /** The member has read everything up to this message. */
  MessageRead: {
    conversationId: ConversationId;
    userId: UserId;
    messageId: MessageId;
    /** The position of the message in the log: reading only moves forward. */
    messagePosition: Position;
    readAt: Instant;
    /** It is set when the reader shows nobody what they have read. */
    hidden?: true;
  };
};
