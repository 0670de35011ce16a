import { z } from 'zod';
import { GENERAL_MATTER } from '../../domain/holds/decider.js';
import { nextCursor, time } from './answers.js';
import { conversationId, userId } from './fields.js';

/** The case that a hold is for. It is recorded as it is, so it is no text. */
export const matter = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]{0,63}$/,
    'takes 1 to 64 letters, digits, underscores, dots and hyphens, the first a letter or a digit',
  )
  .default(GENERAL_MATTER)
  .meta({ examples: ['2026-17'] });

export const holds = z.object({
  holds: z.array(
    z.object({
      userId: userId.nullable(),
      conversationId: conversationId.nullable(),
      matter: z.string().meta({ examples: ['2026-17'] }),
      placedBy: userId.nullable().meta({ description: 'It is null where the command-line tool placed it.' }),
      placedAt: time,
      reason: z.string().meta({ examples: ['Complaint 2026-17'] }),
    }),
  ),
  nextCursor,
});
