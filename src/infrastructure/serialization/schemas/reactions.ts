import { z } from 'zod';
import type { ReactionEvents } from '../../../domain/reactions/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, messageId, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const reacted = { messageId, conversationId, userId, emoji: text };

export const reactionSchemas = schemasOf<ReactionEvents>()({
  ReactionAdded: z.strictObject({ ...reacted, addedAt: instant }),
  ReactionRemoved: z.strictObject({ ...reacted, removedAt: instant }),
});

export const reactionPersonal = personalIn<ReactionEvents>({
  ReactionAdded: { of: 'userId', boundSince: 1, fields: ['emoji'] },
  ReactionRemoved: { of: 'userId', boundSince: 1, fields: ['emoji'] },
});
