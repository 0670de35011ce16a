import { z } from 'zod';
import type { MessageEvents } from '../../../domain/messages/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, messageId, text, userId } from './fields.js';

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
