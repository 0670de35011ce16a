import { z } from 'zod';
import type { Watermark } from '../../../application/ports/conversation-views.js';
import type { ConversationId, UserId } from '../../../domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../../domain/kernel/position.js';
import { time } from '../../schemas/answers.js';
import { conversationId, messageId, position, userId } from '../../schemas/fields.js';
import { frame } from './frame.js';

const receipt = z.object({
  userId,
  readMessageId: messageId.optional(),
  readSeq: z.int().optional(),
  readAt: time.optional(),
  deliveredMessageId: messageId.optional(),
  deliveredSeq: z.int().optional(),
  deliveredAt: time.optional(),
});

/** Receipts of one conversation that were collected. They have no place in the order: `upTo` is that of the last of them. */
export const messageReceipts = frame(
  'message.receipts',
  z.object({ conversationId, upTo: position, receipts: z.array(receipt) }),
);

const fieldsOf = ({ kind, messageId, seq, at }: Watermark) =>
  kind === 'read'
    ? { readMessageId: messageId, readSeq: seq, readAt: at }
    : { deliveredMessageId: messageId, deliveredSeq: seq, deliveredAt: at };

/** Makes one frame of watermarks of one conversation, with one entry a user. */
export const receiptsFrame = (conversationId: ConversationId, watermarks: readonly Watermark[]): object => {
  const byUser = new Map<UserId, z.output<typeof receipt>>();
  for (const watermark of watermarks) {
    const { userId } = watermark;
    byUser.set(userId, { ...(byUser.get(userId) ?? { userId }), ...fieldsOf(watermark) });
  }
  const upTo = watermarks.reduce((last, { position }) => laterOf(last, position), LOG_START);
  return messageReceipts.of({ conversationId, upTo, receipts: [...byUser.values()] });
};
