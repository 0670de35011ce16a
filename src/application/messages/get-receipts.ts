import type { MessageId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { MessageViews, Receipt } from '../ports/message-views.js';
import type { UserDirectory } from '../ports/user-directory.js';

/** Answers the receipts of a message to a member. A user who shows no receipts is not shown those of others either. */
export const getReceipts =
  (conversations: ConversationViews, views: MessageViews, directory: UserDirectory) =>
  async (viewer: UserId, messageId: MessageId): Promise<{ receipts: readonly Receipt[] }> => {
    const found = (await views.find(messageId)) ?? reject('message_not_found');
    const receipts = await views.receipts(messageId);
    if (!(await conversations.isMember(found.conversationId, viewer))) reject('message_not_found'); // as for a history
    const hiding = await directory.withoutReceipts([viewer, ...receipts.map(({ userId }) => userId)]);
    const isShown = (userId: UserId): boolean => userId === viewer || !(hiding.has(viewer) || hiding.has(userId));
    return {
      receipts: receipts.map((receipt) =>
        isShown(receipt.userId) ? receipt : { userId: receipt.userId, deliveredAt: null, readAt: null },
      ),
    };
  };
