import { z } from 'zod';
import type { PreferencesEvents } from '../../../domain/preferences/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, userId } from './fields.js';

export const preferencesSchemas = schemasOf<PreferencesEvents>()({
  PreferencesChanged: z.strictObject({
    conversationId,
    userId,
    muted: z.boolean(),
    archived: z.boolean(),
    pinned: z.boolean(),
    changedAt: instant,
  }),
});
