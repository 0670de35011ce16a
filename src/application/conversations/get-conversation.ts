import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { UserDirectory } from '../ports/user-directory.js';
import { nameMembers, type ConversationAnswer } from './conversation-answer.js';

/** Answers one conversation to one of its members. */
export const getConversation =
  (views: ConversationViews, directory: UserDirectory) =>
  async (conversationId: ConversationId, viewer: UserId): Promise<ConversationAnswer> => {
    const found = (await views.find(conversationId, viewer)) ?? reject('conversation_not_found');
    const [answer] = await nameMembers(directory, [found]);
    return answer ?? reject('conversation_not_found');
  };
