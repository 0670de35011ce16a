import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { asOf } from '../../schemas/auditing.js';
import { conversationId, inboxCursor, messageId, pageSize, pastCursor, userId } from '../../schemas/fields.js';
import {
  pastConversation,
  pastConversations,
  pastMessage,
  pastMessages,
  pastUser,
} from '../../schemas/past-answers.js';
import { auditRoute } from '../audit-route.js';
import type { Route } from '../route.js';

const tag = 'Audit';

const MAX_PAGE = 200;
const PAGE = 50;

/** A conversation takes some ten questions to the index: a page has fewer of them than of messages. */
const MOST_CONVERSATIONS = 50;
const CONVERSATIONS = 20;

const moment = { asOf: asOf.optional() };
const seen = { ...moment, viewer: userId.optional() };

/** What was, at any moment of the past. */
export const pastRoutes = (useCases: UseCases): Route[] => {
  const audited = auditRoute({ auditGate: () => useCases.auditGate });
  return [
    audited('get', '/audit/v1/conversations/:conversationId', {
      tag,
      summary:
        'A conversation as it was at a moment: its members, their roles, and how far each had read; with `viewer` as that member saw it; for auditors',
      showsContent: true,
      params: z.strictObject({ conversationId }),
      query: z.strictObject(seen),
      answers: { 200: pastConversation },
      refusals: ['conversation_not_found', 'not_a_member', 'audit_moment_unknown'],
      answer: async ({ params, query, context }) => {
        const { answer: body, userIds } = await useCases.getPastConversation({ ...params, ...query }, context.now);
        return { answer: { body }, results: 1, userIds };
      },
    }),
    audited('get', '/audit/v1/conversations/:conversationId/messages', {
      tag,
      summary:
        'The messages of a conversation as they were at a moment, the newest first; with `viewer` as that member saw them; for auditors',
      showsContent: true,
      params: z.strictObject({ conversationId }),
      query: z.strictObject({ ...seen, cursor: pastCursor.optional(), limit: pageSize(MAX_PAGE, PAGE) }),
      answers: { 200: pastMessages },
      refusals: ['conversation_not_found', 'not_a_member', 'audit_moment_unknown'],
      answer: async ({ params, query: { limit, ...query }, context }) => {
        const { page, userIds } = await useCases.listPastMessages({ ...params, ...query }, limit, context.now);
        return { answer: { body: page }, results: page.messages.length, userIds };
      },
    }),
    audited('get', '/audit/v1/messages/:messageId', {
      tag,
      summary: 'A message as it was at a moment, with `viewer` as that member of its conversation saw it; for auditors',
      showsContent: true,
      params: z.strictObject({ messageId }),
      query: z.strictObject(seen),
      answers: { 200: pastMessage },
      refusals: ['message_not_found', 'not_a_member', 'audit_moment_unknown'],
      answer: async ({ params, query, context }) => {
        const { answer: body, userIds } = await useCases.getPastMessage({ ...params, ...query }, context.now);
        return { answer: { body }, results: 1, userIds };
      },
    }),
    audited('get', '/audit/v1/users/:userId', {
      tag,
      summary: 'A user as they were at a moment: profile, settings, roles, contacts and blocks; for auditors',
      showsContent: true,
      params: z.strictObject({ userId }),
      query: z.strictObject(moment),
      answers: { 200: pastUser },
      refusals: ['user_not_found', 'audit_moment_unknown'],
      answer: async ({ params, query, context }) => {
        const { answer: body, userIds } = await useCases.getPastUser({ ...params, ...query }, context.now);
        return { answer: { body }, results: 1, userIds };
      },
    }),
    audited('get', '/audit/v1/users/:userId/conversations', {
      tag,
      summary:
        'The conversations of a user as they saw them at a moment, the one with the newest message first. A page can be shorter than its limit; for auditors',
      showsContent: true,
      params: z.strictObject({ userId }),
      query: z.strictObject({
        ...moment,
        cursor: inboxCursor.optional(),
        limit: pageSize(MOST_CONVERSATIONS, CONVERSATIONS),
      }),
      answers: { 200: pastConversations },
      refusals: ['user_not_found', 'audit_moment_unknown'],
      answer: async ({ params, query: { limit, ...query }, context }) => {
        const { page, userIds } = await useCases.listPastConversations({ ...params, ...query }, limit, context.now);
        return { answer: { body: page }, results: page.conversations.length, userIds };
      },
    }),
  ];
};
