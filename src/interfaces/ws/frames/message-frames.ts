import { z } from 'zod';
import { message, time } from '../../schemas/answers.js';
import { conversationId, messageId, position, userId } from '../../schemas/fields.js';
import { frame } from './frame.js';

export const messageSent = frame('message.sent', z.object({ position, message }));

export const messageRead = frame(
  'message.read',
  z.object({ position, conversationId, userId, messageId, seq: z.int(), at: time }),
);
