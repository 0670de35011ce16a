import type { ConversationId, Instant, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { normalForm } from './normal-form.js';
import { containsAll, searchWords } from './search-words.js';
import type { NoteFetched } from '../deliveries/note-fetched.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { MessageView, MessageViews } from '../ports/message-views.js';
import type { SearchViews } from '../ports/search-views.js';
import { openSearchCursor, searchCursor } from './search-cursor.js';

export interface MessageSearch {
  readonly q: string;
  readonly conversationId: ConversationId | undefined;
  /** The sender. */
  readonly from: UserId | undefined;
  readonly after: Instant | undefined;
  readonly before: Instant | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface SearchPage {
  /** The newest first. */
  readonly messages: readonly MessageView[];
  readonly nextCursor: string | null;
}

type Conversations = Pick<ConversationViews, 'isMember' | 'membershipsOf'>;

const searchedConversations = async (
  conversations: Conversations,
  viewer: UserId,
  conversationId: ConversationId | undefined,
): Promise<readonly ConversationId[]> => {
  if (conversationId === undefined)
    return (await conversations.membershipsOf([viewer])).map((membership) => membership.conversationId);
  return (await conversations.isMember(conversationId, viewer)) ? [conversationId] : reject('conversation_not_found');
};

/**
 * Finds the messages that a user may see, as they are now. The read model of messages may be ahead of the one that is
 * searched: what it shows has to match as well. It is asked for memberships again behind the messages, as for a history.
 */
export const searchMessages =
  (
    conversations: Conversations,
    messages: Pick<MessageViews, 'findSome'>,
    views: SearchViews,
    deliveries: NoteFetched,
  ) =>
  async (viewer: UserId, search: MessageSearch): Promise<SearchPage> => {
    const { conversationId, from, after, before, limit } = search;
    const words = searchWords(search.q);
    const searched = [viewer, words, conversationId, from, after, before];
    const start = openSearchCursor(search.cursor, searched);
    const conversationIds = await searchedConversations(conversations, viewer, conversationId);
    const times = { from: after, to: before };
    const page = await views.find({ conversationIds, words, senderId: from, ...times, before: start, limit });
    const found = await messages.findSome(page.found.map(({ messageId }) => messageId));
    const visible = new Set(await searchedConversations(conversations, viewer, conversationId));
    const shown = new Map(
      found
        .filter((message) => visible.has(message.conversationId))
        .filter(({ text, deletedAt }) => text !== null && deletedAt === null && containsAll(normalForm(text), words))
        .map((message) => [message.messageId, message]),
    );
    const answered = page.found.flatMap(({ messageId }) => shown.get(messageId) ?? []);
    deliveries.fetched(viewer, answered);
    return { messages: answered, nextCursor: page.next === null ? null : searchCursor(page.next, searched) };
  };
