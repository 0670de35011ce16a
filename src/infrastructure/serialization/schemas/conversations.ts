import { z } from 'zod';
import type { ConversationEvents } from '../../../domain/conversations/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const role = z.enum(['owner', 'admin', 'member']);

export const conversationSchemas = schemasOf<ConversationEvents>()({
  ConversationStarted: z.strictObject({
    conversationId,
    kind: z.enum(['direct', 'group']),
    title: text.nullable(),
    members: z.array(z.strictObject({ userId, role })),
    startedBy: userId,
    startedAt: instant,
  }),
  ConversationRenamed: z.strictObject({ conversationId, title: text, renamedBy: userId, renamedAt: instant }),
  MemberAdded: z.strictObject({ conversationId, userId, role, addedBy: userId, addedAt: instant }),
  MemberRemoved: z.strictObject({ conversationId, userId, removedBy: userId, removedAt: instant }),
  MemberRoleChanged: z.strictObject({ conversationId, userId, role, changedBy: userId, changedAt: instant }),
});

export const conversationPersonal = personalIn<ConversationEvents>({
  ConversationStarted: { of: 'startedBy', boundSince: 3, fields: ['title'] },
  ConversationRenamed: { of: 'renamedBy', boundSince: 3, fields: ['title'] },
});
