import type { ConversationViews } from '../ports/conversation-views.js';
import type { MessageViews } from '../ports/message-views.js';
import type { SearchViews } from '../ports/search-views.js';
import { searchMessages } from './search-messages.js';

export interface SearchPorts {
  readonly conversations: ConversationViews;
  readonly messages: MessageViews;
  readonly views: SearchViews;
}

/** The search for messages. */
export const searchUseCases = ({ conversations, messages, views }: SearchPorts) => ({
  searchMessages: searchMessages(conversations, messages, views),
});

export type SearchUseCases = ReturnType<typeof searchUseCases>;
