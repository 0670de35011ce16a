import { DEFAULT_PREFERENCES } from '../../domain/preferences/preferences.js';
import type { ChangedConversation, ConversationView } from '../ports/conversation-views.js';

/** Answers a conversation as all who join by one change find it: read up to there, with everything that follows still to come. */
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
    mentionCount: 0,
    lastReadMessageId: lastBeforeJoining?.messageId ?? null,
    preferences: DEFAULT_PREFERENCES,
    position,
  };
};
