import { z } from 'zod';
import type { HoldEvents } from '../../../domain/holds/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const held = {
  userId: userId.nullable(),
  conversationId: conversationId.nullable(),
  matter: text,
  reason: text,
  trail: userId,
};

export const holdSchemas = schemasOf<HoldEvents>()({
  HoldPlaced: z.strictObject({ ...held, placedBy: userId.nullable(), placedAt: instant }),
  HoldLifted: z.strictObject({ ...held, liftedBy: userId.nullable(), liftedAt: instant }),
});

export const holdPersonal = personalIn<HoldEvents>({
  HoldPlaced: { of: 'trail', boundSince: 1, fields: ['reason'] },
  HoldLifted: { of: 'trail', boundSince: 1, fields: ['reason'] },
});
