import { z } from 'zod';
import type { ConversationChangeKind } from '../../../application/ports/conversation-views.js';
import { conversation } from '../../schemas/answers.js';
import { conversationId, position, role, userId } from '../../schemas/fields.js';
import { frame, type Frame } from './frame.js';

/** What all members see alike. The members are the first 20, and are given where they have changed. */
const shared = conversation
  .pick({ conversationId: true, kind: true, title: true, memberCount: true, position: true })
  .extend({ members: conversation.shape.members.optional() });
const named = z.object({ conversationId });
const changed = z.object({ position, conversation: z.union([conversation, shared]) });

/** The frame of each kind of change. */
export const conversationFrames = {
  started: frame('conversation.started', z.object({ position, conversation })),
  renamed: frame('conversation.renamed', changed),
  member_added: frame('conversation.member_added', changed.extend({ members: conversation.shape.members.optional() })),
  member_removed: frame(
    'conversation.member_removed',
    z.object({ position, userIds: z.array(userId).optional(), conversation: z.union([conversation, shared, named]) }),
  ),
  role_changed: frame(
    'conversation.role_changed',
    changed.extend({ members: z.array(z.object({ userId, role })).optional() }),
  ),
} as const satisfies Readonly<Record<ConversationChangeKind, Frame>>;
