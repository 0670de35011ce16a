import { z } from 'zod';
import type { ReadingEvents } from '../../../domain/reading/events.js';
import type { EventSchemas } from './event-schemas.js';
import { conversationId, instant, messageId, position, userId } from './fields.js';

export const readingSchemas = {
  MessageRead: z.strictObject({ conversationId, userId, messageId, messagePosition: position, readAt: instant }),
} satisfies EventSchemas<ReadingEvents>;
