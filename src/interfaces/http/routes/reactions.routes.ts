import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { emoji, messageId } from '../../schemas/fields.js';
import { route, type Route } from '../route.js';

const tag = 'Messages';

const params = z.strictObject({ messageId, emoji });

export const reactionRoutes = (useCases: UseCases): Route[] => [
  route('put', '/message/v1/:messageId/reactions/:emoji', {
    tag,
    summary: 'React to a message with one emoji; one that you react with already stays',
    params,
    answers: { 204: null },
    refusals: ['message_not_found', 'recipient_unavailable', 'reactions_full'],
    isIdempotent: true,
    handle: ({ params, context }) => useCases.addReaction(params, context),
  }),
  route('delete', '/message/v1/:messageId/reactions/:emoji', {
    tag,
    summary: 'Take back your reaction, if there is one',
    params,
    answers: { 204: null },
    refusals: ['message_not_found'],
    isIdempotent: true,
    handle: ({ params, context }) => useCases.removeReaction(params, context),
  }),
];
