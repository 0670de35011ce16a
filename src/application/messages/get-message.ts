import type { MessageId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { NoteFetched } from '../deliveries/note-fetched.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { MessageView, MessageViews } from '../ports/message-views.js';

/** Answers one message to a member of its conversation; one that was deleted as a tombstone. */
export const getMessage =
  (conversations: Pick<ConversationViews, 'isMember'>, views: Pick<MessageViews, 'find'>, deliveries: NoteFetched) =>
  async (viewer: UserId, messageId: MessageId): Promise<MessageView> => {
    const found = (await views.find(messageId)) ?? reject('message_not_found');
    if (!(await conversations.isMember(found.conversationId, viewer))) reject('message_not_found'); // as for a history
    deliveries.fetched(viewer, [found]);
    return found;
  };
