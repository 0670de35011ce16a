import { z } from 'zod';
import type { MessageEvents } from '../../../domain/messages/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, messageId, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

export const messageSchemas = schemasOf<MessageEvents>()({
  MessageSent: z.strictObject({
    messageId,
    conversationId,
    senderId: userId,
    text,
    replyTo: messageId.nullable(),
    sentAt: instant,
  }),
});

export const messagePersonal = personalIn<MessageEvents>({
  MessageSent: { of: 'senderId', boundSince: 3, fields: ['text'] },
});
