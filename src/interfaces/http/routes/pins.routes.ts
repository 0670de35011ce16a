import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { pins } from '../../schemas/answers.js';
import { conversationId, messageId } from '../../schemas/fields.js';
import { route, type Route } from '../route.js';

const tag = 'Conversations';

const params = z.strictObject({ id: conversationId, messageId });

export const pinRoutes = (useCases: UseCases): Route[] => [
  route('get', '/conversation/v1/:id/pins', {
    tag,
    summary: 'The pinned messages of a conversation, the one pinned last first',
    projections: ['messages'],
    params: z.strictObject({ id: conversationId }),
    answers: { 200: pins },
    refusals: ['conversation_not_found'],
    handle: async ({ params: { id }, context }) => ({ body: await useCases.listPins(context.actor, id) }),
  }),
  route('put', '/conversation/v1/:id/pins/:messageId', {
    tag,
    summary: 'Pin a message for all members; at most 50 are pinned in a conversation',
    params,
    answers: { 204: null },
    refusals: ['conversation_not_found', 'message_not_found', 'recipient_unavailable', 'pins_full'],
    isIdempotent: true,
    handle: ({ params: { id, messageId }, context }) => useCases.pinMessage({ conversationId: id, messageId }, context),
  }),
  route('delete', '/conversation/v1/:id/pins/:messageId', {
    tag,
    summary: 'Take a pinned message down, if it is pinned',
    params,
    answers: { 204: null },
    refusals: ['conversation_not_found'],
    isIdempotent: true,
    handle: ({ params: { id, messageId }, context }) =>
      useCases.unpinMessage({ conversationId: id, messageId }, context),
  }),
];
