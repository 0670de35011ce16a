import { z } from 'zod';
import { MAX_DAYS } from '../../../domain/retention/decider.js';
import type { RetentionEvents } from '../../../domain/retention/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const said = { reason: text, trail: userId };

export const retentionSchemas = schemasOf<RetentionEvents>()({
  RetentionSet: z.strictObject({
    ...said,
    conversationId: conversationId.nullable(),
    days: z.int().min(1).max(MAX_DAYS).nullable(),
    setBy: userId,
    setAt: instant,
  }),
  RetentionCleared: z.strictObject({ ...said, conversationId, clearedBy: userId, clearedAt: instant }),
});

export const retentionPersonal = personalIn<RetentionEvents>({
  RetentionSet: { of: 'trail', boundSince: 1, fields: ['reason'] },
  RetentionCleared: { of: 'trail', boundSince: 1, fields: ['reason'] },
});
