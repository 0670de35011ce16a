import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { holdCursor, pageSize, userId } from '../../schemas/fields.js';
import { holds, matter } from '../../schemas/holds.js';
import { auditRoute } from '../audit-route.js';
import type { Route } from '../route.js';

const tag = 'Audit';

const MAX_PAGE = 500;
const PAGE = 100;

const params = z.strictObject({ userId });
const query = z.strictObject({ matter });

/** Legal holds. Each call is recorded like every other one of auditors. */
export const holdRoutes = (useCases: UseCases): Route[] => {
  const audited = auditRoute({ auditGate: () => useCases.auditGate });
  return [
    audited('put', '/audit/v1/holds/:userId', {
      tag,
      summary:
        'Hold a user for a matter: nothing of theirs is destroyed until every hold on them is lifted; for auditors',
      showsContent: false,
      needs: 'reason',
      params,
      query,
      answers: { 204: null },
      refusals: ['user_not_found', 'holds_full'],
      answer: async ({ params: of, query: { matter: named }, reason, context }) => {
        const subject = { userId: of.userId, conversationId: null };
        const { position, repeated } = await useCases.placeHold({ subject, matter: named, reason }, context);
        return { answer: { position }, results: repeated ? 0 : 1 };
      },
    }),
    audited('delete', '/audit/v1/holds/:userId', {
      tag,
      summary: 'Lift the hold on a user for a matter; with four eyes another auditor has to approve it; for auditors',
      showsContent: false,
      needs: 'approval',
      params,
      query,
      answers: { 204: null },
      refusals: ['own_hold'],
      answer: async ({ params: of, query: { matter: named }, reason, context }) => {
        const subject = { userId: of.userId, conversationId: null };
        const { position, repeated } = await useCases.liftHold({ subject, matter: named, reason }, context);
        return { answer: { position }, results: repeated ? 0 : 1 };
      },
    }),
    audited('get', '/audit/v1/holds', {
      tag,
      summary: 'The holds that stand, with who placed them, when and why; for auditors',
      showsContent: true,
      query: z.strictObject({ cursor: holdCursor.optional(), limit: pageSize(MAX_PAGE, PAGE) }),
      answers: { 200: holds },
      refusals: [],
      answer: async ({ query: { cursor, limit } }) => {
        const body = await useCases.listHolds(cursor, limit);
        const userIds = body.holds.flatMap((hold) => hold.userId ?? []);
        return { answer: { body }, results: body.holds.length, userIds };
      },
    }),
  ];
};
