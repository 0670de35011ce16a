import type { MessageId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { MessageViews, Receipt } from '../ports/message-views.js';

/** Who has read a message, to a member of its conversation. */
export const getReceipts =
  (access: ConversationAccess, views: MessageViews) =>
  async (viewer: UserId, messageId: MessageId): Promise<{ receipts: readonly Receipt[] }> => {
    const found = (await views.find(messageId)) ?? reject('message_not_found');
    const isMember = await access.isMember(found.conversationId, viewer);
    if (!isMember) reject('message_not_found');
    return { receipts: await views.receipts(messageId) };
  };

export type GetReceipts = ReturnType<typeof getReceipts>;
