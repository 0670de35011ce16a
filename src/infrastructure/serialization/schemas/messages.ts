import { z } from 'zod';
import type { MessageEvents } from '../../../domain/messages/events.js';
import type { EventSchemas } from './event-schemas.js';
import { conversationId, instant, messageId, text, userId } from './fields.js';

export const messageSchemas = {
  MessageSent: z.strictObject({
    messageId,
    conversationId,
    senderId: userId,
    text,
    replyTo: messageId.nullable(),
    sentAt: instant,
  }),
} satisfies EventSchemas<MessageEvents>;
