import { z } from 'zod';
import type { ReadingEvents } from '../../../domain/reading/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, messageId, position, userId } from './fields.js';

export const readingSchemas = schemasOf<ReadingEvents>()({
  MessageRead: z.strictObject({
    conversationId,
    userId,
    messageId,
    messagePosition: position,
    readAt: instant,
    hidden: z.literal(true).exactOptional(),
  }),
});
