import type { Indexes } from '../../mongodb/documents.js';

/**
 * The collections of the `messages` projection, each with the indexes that its queries need. Documents are rows of
 * `MessagesTables`, under the same keys.
 */
export const MESSAGES_INDEXES = {
  conversations: [{ key: { titledBy: 1 } }],
  members: [
    { key: { conversationId: 1, active: 1, joinedPosition: 1, userId: 1 } },
    { key: { conversationId: 1, active: 1, userId: 1 } },
    { key: { conversationId: 1, active: 1, position: 1 } },
    { key: { userId: 1, active: 1, position: 1 } },
  ],
  messages: [
    // The history. An ordinal is given once, by the head of the conversation.
    { key: { conversationId: 1, seq: 1 } },
    { key: { conversationId: 1, sentPosition: 1 } },
    { key: { conversationId: 1, sentAt: 1, seq: 1 } },
    { key: { conversationId: 1, position: 1, seq: 1 } },
    { key: { conversationId: 1, mentions: 1, seq: 1 } },
    { key: { senderId: 1, conversationId: 1, seq: 1 } },
    { key: { 'attachments.mediaId': 1, conversationId: 1 } },
  ],
  reactions: [
    { key: { messageId: 1, active: 1, position: 1 } },
    { key: { userId: 1, active: 1, messageId: 1, emoji: 1 } },
  ],
  pins: [{ key: { conversationId: 1, position: 1 } }, { key: { userId: 1, isPinned: 1, position: 1 } }],
  preferences: [{ key: { userId: 1, position: 1 } }],
  reads: [
    { key: { conversationId: 1, position: 1 } },
    { key: { conversationId: 1, userId: 1, seq: 1 } },
    { key: { userId: 1, position: 1 } },
  ],
  deliveries: [
    { key: { conversationId: 1, position: 1 } },
    { key: { conversationId: 1, userId: 1, seq: 1 } },
    { key: { userId: 1, conversationId: 1, seq: 1 } },
  ],
  changes: [{ key: { conversationId: 1, position: 1 } }],
  erased: [],
} as const satisfies Indexes;
