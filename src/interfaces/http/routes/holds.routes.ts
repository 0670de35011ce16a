import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import type { HoldSubject } from '../../../domain/holds/decider.js';
import { conversationId, holdCursor, pageSize, userId } from '../../schemas/fields.js';
import { holds, matter } from '../../schemas/holds.js';
import { auditRoute } from '../audit-route.js';
import type { Route } from '../route.js';

const tag = 'Audit';

const MAX_PAGE = 500;
const PAGE = 100;

const onUser = z.strictObject({ userId });
const onConversation = z.strictObject({ conversationId });
const query = z.strictObject({ matter });

/** Legal holds. Each call is recorded like every other one of auditors. */
export const holdRoutes = (useCases: UseCases): Route[] => {
  const audited = auditRoute({ auditGate: () => useCases.auditGate });

  /** Makes the two routes by which something is held, and is not any more. */
  const routesOf = <Params extends z.ZodType>(
    path: string,
    params: Params,
    of: {
      readonly subjectOf: (given: z.output<Params>) => HoldSubject;
      readonly summary: string;
      readonly what: string;
      readonly missing: 'user_not_found' | 'conversation_not_found';
    },
  ): Route[] => [
    audited('put', path, {
      tag,
      summary: of.summary,
      showsContent: false,
      needs: 'reason',
      params,
      query,
      answers: { 204: null },
      refusals: [of.missing, 'holds_full'],
      answer: async ({ params: given, query: { matter: named }, reason, context }) => {
        const subject = of.subjectOf(given as z.output<Params>);
        const { position, repeated } = await useCases.placeHold({ subject, matter: named, reason }, context);
        return { answer: { position }, results: repeated ? 0 : 1 };
      },
    }),
    audited('delete', path, {
      tag,
      summary: `Lift the hold on ${of.what} for a matter; with four eyes another auditor has to approve it; for auditors`,
      showsContent: false,
      needs: 'approval',
      params,
      query,
      answers: { 204: null },
      refusals: ['own_hold'],
      answer: async ({ params: given, query: { matter: named }, reason, context }) => {
        const subject = of.subjectOf(given as z.output<Params>);
        const { position, repeated } = await useCases.liftHold({ subject, matter: named, reason }, context);
        return { answer: { position }, results: repeated ? 0 : 1 };
      },
    }),
  ];

  return [
    ...routesOf('/audit/v1/holds/:userId', onUser, {
      subjectOf: (given) => ({ userId: given.userId, conversationId: null }),
      summary:
        'Hold a user for a matter: nothing of theirs is destroyed until every hold on them is lifted; for auditors',
      what: 'a user',
      missing: 'user_not_found',
    }),
    ...routesOf('/audit/v1/holds/conversations/:conversationId', onConversation, {
      subjectOf: (given) => ({ userId: null, conversationId: given.conversationId }),
      summary: 'Hold a conversation for a matter: its messages do not go by the rules of retention; for auditors',
      what: 'a conversation',
      missing: 'conversation_not_found',
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
