import type { ChangedConversation, ConversationView } from '../ports/conversation-views.js';

/** A conversation as everybody finds it who joins by one change: read up to there, with all that follows still to come. */
export const joinedConversation = (changed: ChangedConversation): ConversationView => {
  const { conversationId, kind, title, members, memberCount, createdAt, position, lastBeforeJoining } = changed;
  return {
    conversationId,
    kind,
    title,
    members,
    memberCount,
    createdAt,
    lastMessage: lastBeforeJoining,
    lastActivityAt: lastBeforeJoining?.sentAt ?? createdAt,
    unreadCount: 0,
    lastReadMessageId: lastBeforeJoining?.messageId ?? null,
    position,
  };
};
