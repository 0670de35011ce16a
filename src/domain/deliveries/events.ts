import type { ConversationId, Instant, MessageId, Position, UserId } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type DeliveryEvents = {
  /** Everything up to this message has come to a device of the member. */
  MessagesDelivered: {
    conversationId: ConversationId;
    userId: UserId;
    messageId: MessageId;
    /** The position of the message in the log. */
    messagePosition: Position;
    deliveredAt: Instant;
  };
};
