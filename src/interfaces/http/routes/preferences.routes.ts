import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import type { Preferences } from '../../../domain/preferences/preferences.js';
import { conversationId } from '../../schemas/fields.js';
import { route, type Route } from '../route.js';

const wanted = z.boolean().exactOptional();

export const preferencesRoutes = (useCases: UseCases): Route[] => [
  route('put', '/conversation/v1/:id/preferences', {
    tag: 'Conversations',
    summary: 'Mute, archive or pin a conversation for yourself; what is left out stays as it is',
    params: z.strictObject({ id: conversationId }),
    body: z.strictObject({ muted: wanted, archived: wanted, pinned: wanted }),
    answers: { 204: null },
    refusals: ['conversation_not_found'],
    isIdempotent: true,
    handle: ({ params: { id }, body, context }) =>
      useCases.changePreferences({ conversationId: id, changes: body satisfies Partial<Preferences> }, context),
  }),
];
