import { z } from 'zod';
import { detailOf } from '../../refusals.js';
import { time } from '../../schemas/answers.js';
import { conversationId, messageId, position, sessionId, userId } from '../../schemas/fields.js';

/** The frames that answer a client, or tell it of its socket and of users, by type. */
export const answerFrames = {
  ready: z.object({
    userId,
    sessionId,
    position,
    heartbeatSeconds: z.int().meta({ examples: [30] }),
    resumed: z.boolean(),
  }),
  ack: z.object({
    id: z.string().optional(),
    position,
    messageId: messageId.optional(),
    conversationId: conversationId.optional(),
    sentAt: time.optional(),
  }),
  error: z.object({
    id: z.string().optional(),
    code: z.string().meta({ examples: ['message_not_found'] }),
    detail: z.string().meta({ examples: [detailOf('message_not_found')] }),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    retryAfterMs: z.int().optional(),
  }),
  pong: z.object({ position }),
  presence: z.object({ userId, status: z.enum(['online', 'away', 'offline']), lastSeenAt: time.optional() }),
  'session.ended': z.object({ sessionId }),
} as const;
