import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { HistoryPage, HistoryPlace, MessageViews } from '../ports/message-views.js';

export interface HistoryQuery {
  readonly conversationId: ConversationId;
  readonly place: HistoryPlace;
  readonly limit: number;
}

/** A page of a conversation's messages, to one of its members. */
export const listHistory =
  (access: ConversationAccess, views: MessageViews) =>
  async (viewer: UserId, { conversationId, place, limit }: HistoryQuery): Promise<HistoryPage> => {
    await access.requireReader(conversationId, viewer);
    return views.history(conversationId, place, limit);
  };
