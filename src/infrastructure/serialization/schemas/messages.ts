import { z } from 'zod';
import type { MessageEvents } from '../../../domain/messages/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, messageId, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const mentions = z.array(userId).min(1).exactOptional();

export const messageSchemas = schemasOf<MessageEvents>()({
  MessageSent: z.strictObject({
    messageId,
    conversationId,
    senderId: userId,
    text,
    replyTo: messageId.nullable(),
    mentions,
    sentAt: instant,
  }),
  MessageEdited: z.strictObject({ messageId, conversationId, senderId: userId, text, mentions, editedAt: instant }),
  MessageDeleted: z.strictObject({ messageId, conversationId, deletedBy: userId, deletedAt: instant }),
});

export const messagePersonal = personalIn<MessageEvents>({
  MessageSent: { of: 'senderId', boundSince: 3, fields: ['text'] },
  MessageEdited: { of: 'senderId', boundSince: 1, fields: ['text'] },
});
