import { z } from 'zod';
import { MAX_DAYS } from '../../domain/retention/decider.js';
import { time } from './answers.js';
import { conversationId, userId } from './fields.js';

const NEVER = 'never';

/** After how many days messages go, or `never`. */
export const days = z
  .string()
  .regex(/^([1-9]\d{0,3}|never)$/, `takes a number of days from 1 to ${MAX_DAYS}, or ${NEVER}`)
  .meta({ examples: ['365'] });

export const daysOf = (given: z.output<typeof days>): number | null => (given === NEVER ? null : Number(given));

const rule = {
  days: z
    .int()
    .nullable()
    .meta({ description: 'Messages that are older go; null: they are kept for ever.', examples: [365] }),
  setBy: userId,
  setAt: time,
  reason: z.string().meta({ examples: ['Policy of 2026'] }),
};

export const retention = z.object({
  general: z
    .object(rule)
    .nullable()
    .meta({ description: 'It is null where none was ever set: messages are kept for ever.' }),
  conversations: z.array(z.object({ conversationId, ...rule })),
});
