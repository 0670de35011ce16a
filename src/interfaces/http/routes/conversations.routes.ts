import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import type { CommandContext } from '../../../application/kernel/command-context.js';
import type { ReadYourWrites } from '../../../application/kernel/read-your-writes.js';
import { viewInTime } from '../../../application/kernel/view-in-time.js';
import type { ConversationId, Position, UserId } from '../../../domain/kernel/ids.js';
import { laterOf } from '../../../domain/kernel/position.js';
import { changedConversation, conversation, nextCursor } from '../../schemas/answers.js';
import { conversationId, inboxCursor, pageSize, role, title, userId } from '../../schemas/fields.js';
import type { KnownToSession } from '../known-to-session.js';
import { route, type Route, type RouteAnswer } from '../route.js';

const tag = 'Conversations';
const MAX_MEMBERS_AT_ONCE = 999;

const params = z.strictObject({ id: conversationId });
const memberParams = z.strictObject({ id: conversationId, userId });
const memberIds = z.array(userId).min(1).max(MAX_MEMBERS_AT_ONCE);

/** Each id is looked up: so many of them count as one request. */
const IDS_A_REQUEST = 10;
const surchargeOf = (ids: readonly UserId[]): number => Math.floor(ids.length / IDS_A_REQUEST);

/**
 * Answers the conversation once the read model shows the change, and what the session knows of: the change may have been long
 * ago. Answers its id alone where that takes too long.
 */
const answerWith =
  (useCases: UseCases, readYourWrites: ReadYourWrites, knownTo: KnownToSession) =>
  async (id: ConversationId, context: CommandContext, position: Position, status = 200): Promise<RouteAnswer> => {
    const { actor: userId, sessionId } = context;
    const query = () => useCases.getConversation(id, userId);
    const known = knownTo({ userId, sessionId }, 'messages');
    const wanted = { position: laterOf(position, known), projections: ['messages', 'users'], query };
    const view = await viewInTime(readYourWrites, wanted);
    const content = view ? { conversation: view } : { conversationId: id };
    return { status, body: { ...content, position }, position };
  };

export const conversationRoutes = (
  useCases: UseCases,
  readYourWrites: ReadYourWrites,
  knownTo: KnownToSession,
): Route[] => {
  const answer = answerWith(useCases, readYourWrites, knownTo);
  return [
    route('post', '/conversation/v1', {
      tag,
      summary: 'Start a conversation: of two users (found, if there is one), or a group',
      body: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('direct'), userId }),
        z.strictObject({ kind: z.literal('group'), title, memberIds }),
      ]),
      answers: { 201: changedConversation, 200: changedConversation },
      refusals: ['user_not_found', 'unknown_member', 'recipient_unavailable', 'cannot_message_self', 'group_full'],
      isIdempotent: true,
      surcharge: (body) => (body.kind === 'group' ? surchargeOf(body.memberIds) : 0),
      handle: async ({ body, context }) => {
        const { conversationId, created, position } = await (body.kind === 'direct'
          ? useCases.startDirectConversation(body, context)
          : useCases.startGroup(body, context));
        return answer(conversationId, context, position, created ? 201 : 200);
      },
    }),
    route('get', '/conversation/v1', {
      tag,
      summary: 'Your inbox: newest activity first',
      projections: ['messages', 'users'],
      query: z.strictObject({ cursor: inboxCursor.optional(), limit: pageSize(100, 50) }),
      answers: { 200: z.object({ conversations: z.array(conversation), nextCursor }) },
      refusals: [],
      handle: async ({ query, context }) => ({
        body: await useCases.listInbox(context.actor, { cursor: query.cursor, limit: query.limit }),
      }),
    }),
    route('get', '/conversation/v1/:id', {
      tag,
      summary: 'One conversation with all its members',
      projections: ['messages', 'users'],
      params,
      answers: { 200: conversation },
      refusals: ['conversation_not_found'],
      handle: async ({ params: { id }, context }) => ({ body: await useCases.getConversation(id, context.actor) }),
    }),
    route('patch', '/conversation/v1/:id', {
      tag,
      summary: 'Rename a group',
      params,
      body: z.strictObject({ title }),
      answers: { 200: changedConversation },
      refusals: ['conversation_not_found', 'not_a_group', 'forbidden'],
      isIdempotent: true,
      handle: async ({ params: { id }, body, context }) => {
        const { position } = await useCases.renameConversation({ conversationId: id, ...body }, context);
        return answer(id, context, position);
      },
    }),
    route('post', '/conversation/v1/:id/members', {
      tag,
      summary: 'Add users to a group',
      params,
      body: z.strictObject({ userIds: memberIds }),
      answers: { 200: changedConversation },
      refusals: ['conversation_not_found', 'not_a_group', 'forbidden', 'unknown_member', 'group_full'],
      isIdempotent: true,
      surcharge: ({ userIds }) => surchargeOf(userIds),
      handle: async ({ params: { id }, body, context }) => {
        const { position } = await useCases.addMembers({ conversationId: id, ...body }, context);
        return answer(id, context, position);
      },
    }),
    route('delete', '/conversation/v1/:id/members/:userId', {
      tag,
      summary: 'Remove a member; yourself, to leave',
      params: memberParams,
      answers: { 204: null },
      refusals: ['conversation_not_found', 'not_a_group', 'forbidden', 'not_a_member', 'last_owner'],
      isIdempotent: true,
      handle: ({ params, context }) =>
        useCases.removeMember({ conversationId: params.id, userId: params.userId }, context),
    }),
    route('put', '/conversation/v1/:id/members/:userId/role', {
      tag,
      summary: 'Make a member an owner, an admin, or a plain member',
      params: memberParams,
      body: z.strictObject({ role }),
      answers: { 204: null },
      refusals: ['conversation_not_found', 'not_a_group', 'forbidden', 'not_a_member', 'last_owner'],
      isIdempotent: true,
      handle: ({ params, body, context }) =>
        useCases.changeMemberRole({ conversationId: params.id, userId: params.userId, role: body.role }, context),
    }),
  ];
};
