import type { UserId } from '../../domain/kernel/ids.js';
import type { NoteFetched } from '../deliveries/note-fetched.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { UserDirectory } from '../ports/user-directory.js';
import { nameMembers } from './conversation-answer.js';

/** Lists a user's conversations, newest activity first. */
export const listInbox =
  (views: ConversationViews, directory: UserDirectory, deliveries: NoteFetched) =>
  async (viewer: UserId, page: { readonly cursor: string | undefined; readonly limit: number }) => {
    const { conversations, nextCursor } = await views.inbox(viewer, { before: page.cursor, limit: page.limit });
    const unread = conversations.filter(({ unreadCount }) => unreadCount > 0);
    deliveries.fetched(
      viewer,
      unread.flatMap(({ lastMessage }) => lastMessage ?? []),
    );
    return { conversations: await nameMembers(directory, conversations), nextCursor };
  };
