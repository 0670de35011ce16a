import type { NoteFetched } from '../deliveries/note-fetched.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { MessageViews } from '../ports/message-views.js';
import type { SearchViews } from '../ports/search-views.js';
import { searchMessages } from './search-messages.js';

export interface SearchPorts {
  readonly conversations: ConversationViews;
  readonly messages: MessageViews;
  readonly views: SearchViews;
  readonly deliveries: NoteFetched;
}

/** The search for messages. */
export const searchUseCases = ({ conversations, messages, views, deliveries }: SearchPorts) => ({
  searchMessages: searchMessages(conversations, messages, views, deliveries),
});

export type SearchUseCases = ReturnType<typeof searchUseCases>;
