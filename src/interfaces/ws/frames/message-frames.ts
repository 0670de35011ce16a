import { z } from 'zod';
import type { MessageChangeKind } from '../../../application/ports/message-views.js';
import { message, time } from '../../schemas/answers.js';
import { conversationId, messageId, position, userId } from '../../schemas/fields.js';
import { frame, type Frame } from './frame.js';

export const messageSent = frame('message.sent', z.object({ position, message }));

/** The frame of each kind of change: the message as it is now. */
export const messageFrames = {
  edited: frame('message.edited', z.object({ position, message })),
  reacted: frame('message.reacted', z.object({ position, message })),
  deleted: frame('message.deleted', z.object({ position, message })),
} as const satisfies Readonly<Record<MessageChangeKind, Frame>>;

const watermark = z.object({ position, conversationId, userId, messageId, seq: z.int(), at: time });

export const messageRead = frame('message.read', watermark);

export const messageDelivered = frame('message.delivered', watermark);
