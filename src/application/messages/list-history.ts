import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { NoteFetched } from '../deliveries/note-fetched.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { HistoryPage, HistoryPlace, MessageViews } from '../ports/message-views.js';

export interface HistoryQuery {
  readonly conversationId: ConversationId;
  readonly place: HistoryPlace;
  readonly limit: number;
}

/**
 * Answers a page of a conversation's messages to one of its members. Members and messages are of one read model: where it
 * does not know of a removal yet, it has no message either that was sent after it. So it is asked behind the page.
 */
export const listHistory =
  (
    conversations: Pick<ConversationViews, 'isMember'>,
    messages: Pick<MessageViews, 'history'>,
    deliveries: NoteFetched,
  ) =>
  async (viewer: UserId, { conversationId, place, limit }: HistoryQuery): Promise<HistoryPage> => {
    const page = await messages.history(conversationId, place, limit);
    if (!(await conversations.isMember(conversationId, viewer))) reject('conversation_not_found');
    deliveries.fetched(viewer, page.messages);
    return page;
  };
