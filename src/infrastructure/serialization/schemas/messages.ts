import { z } from 'zod';
import type { MessageEvents } from '../../../domain/messages/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, mediaId, messageId, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const mentions = z.array(userId).min(1).exactOptional();

const pixels = z.int().min(1).nullable();

const attachments = z
  .array(
    z.strictObject({
      mediaId,
      contentType: text,
      size: z.int().min(1),
      name: text.nullable(),
      width: pixels,
      height: pixels,
    }),
  )
  .min(1)
  .exactOptional();

export const messageSchemas = schemasOf<MessageEvents>()({
  MessageSent: z.strictObject({
    messageId,
    conversationId,
    senderId: userId,
    text,
    replyTo: messageId.nullable(),
    mentions,
    attachments,
    sentAt: instant,
  }),
  MessageEdited: z.strictObject({ messageId, conversationId, senderId: userId, text, mentions, editedAt: instant }),
  MessageDeleted: z.strictObject({
    messageId,
    conversationId,
    deletedBy: userId.nullable(),
    retentionDays: z.int().min(1).exactOptional(),
    deletedAt: instant,
  }),
});

export const messagePersonal = personalIn<MessageEvents>({
  MessageSent: { of: 'senderId', boundSince: 3, fields: ['text'], leftOut: ['attachments'] },
  MessageEdited: { of: 'senderId', boundSince: 1, fields: ['text'] },
});
