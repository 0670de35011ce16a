import type { MessageId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { MessageViews, ReceiptPage } from '../ports/message-views.js';
import type { UserDirectory } from '../ports/user-directory.js';

export interface ReceiptsQuery {
  readonly messageId: MessageId;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Answers receipts of a message to a member. A user who shows no receipts is not shown those of others either. */
export const getReceipts =
  (conversations: ConversationViews, views: MessageViews, directory: UserDirectory) =>
  async (viewer: UserId, { messageId, cursor, limit }: ReceiptsQuery): Promise<ReceiptPage> => {
    const found = (await views.find(messageId)) ?? reject('message_not_found');
    const { receipts, nextCursor } = await views.receipts(messageId, { after: cursor, limit });
    if (!(await conversations.isMember(found.conversationId, viewer))) reject('message_not_found'); // as for a history
    const hiding = await directory.withoutReceipts([viewer, ...receipts.map(({ userId }) => userId)]);
    const isShown = (userId: UserId): boolean => userId === viewer || !(hiding.has(viewer) || hiding.has(userId));
    return {
      receipts: receipts.map((receipt) =>
        isShown(receipt.userId) ? receipt : { userId: receipt.userId, deliveredAt: null, readAt: null },
      ),
      nextCursor,
    };
  };
