import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { conversationId } from '../../schemas/fields.js';
import { days, daysOf, retention } from '../../schemas/retention.js';
import { auditRoute } from '../audit-route.js';
import type { Route } from '../route.js';

const tag = 'Audit';

const changed = ({ position, repeated }: { readonly position: Position; readonly repeated: boolean }) => ({
  answer: { position },
  results: repeated ? 0 : 1,
});

/** How long messages are kept. A change lets something be destroyed: with four eyes another auditor has to approve it. */
export const retentionRoutes = (useCases: UseCases): Route[] => {
  const audited = auditRoute({ auditGate: () => useCases.auditGate });
  const change = { tag, showsContent: false, needs: 'approval', answers: { 204: null } } as const;
  const query = z.strictObject({ days });
  const params = z.strictObject({ conversationId });
  return [
    audited('get', '/audit/v1/retention', {
      tag,
      summary: 'How long messages are kept, and who has said so; for auditors',
      showsContent: false,
      answers: { 200: retention },
      refusals: [],
      answer: async () => {
        const body = await useCases.getRetention();
        return { answer: { body }, results: body.conversations.length + (body.general ? 1 : 0) };
      },
    }),
    audited('put', '/audit/v1/retention', {
      ...change,
      summary:
        'Say after how many days messages go, unless they are held, or their conversation has a rule of its own; for auditors',
      query,
      refusals: [],
      answer: async ({ query: given, reason, context }) =>
        changed(await useCases.setRetention({ conversationId: null, days: daysOf(given.days), reason }, context)),
    }),
    audited('put', '/audit/v1/retention/conversations/:conversationId', {
      ...change,
      summary: 'Give a conversation a rule of its own; for auditors',
      params,
      query,
      refusals: ['conversation_not_found', 'retention_full'],
      answer: async ({ params: of, query: given, reason, context }) =>
        changed(await useCases.setRetention({ ...of, days: daysOf(given.days), reason }, context)),
    }),
    audited('delete', '/audit/v1/retention/conversations/:conversationId', {
      ...change,
      summary: 'Have the rule for all count for a conversation again; for auditors',
      params,
      refusals: [],
      answer: async ({ params: of, reason, context }) =>
        changed(await useCases.clearRetention({ ...of, reason }, context)),
    }),
  ];
};
