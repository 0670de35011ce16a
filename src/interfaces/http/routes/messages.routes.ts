import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import type { HistoryPlace } from '../../../application/ports/message-views.js';
import type { Instant } from '../../../domain/kernel/ids.js';
import { changes, history, message, receipts, sent } from '../../schemas/answers.js';
import {
  changesCursor,
  conversationId,
  instant,
  messageCursor,
  messageId,
  pageSize,
  position,
  receiptCursor,
  text,
} from '../../schemas/fields.js';
import { AT_MOST_ONE } from '../../schemas/published.js';
import { addresseeOf, sending } from '../../schemas/sending.js';
import { route, type Route } from '../route.js';

const tag = 'Messages';
const PLACES = ['before', 'after', 'around', 'at'] as const;

const historyQuery = z
  .strictObject({
    conversationId,
    before: messageCursor.optional(),
    after: messageCursor.optional(),
    around: messageCursor.optional(),
    at: instant.optional(),
    limit: pageSize(200, 50),
  })
  .refine((query) => PLACES.filter((name) => query[name] !== undefined).length <= 1, {
    error: 'takes one of before, after, around and at',
  })
  .meta({ [AT_MOST_ONE]: PLACES });

const placeOf = ({ before, after, around, at }: z.output<typeof historyQuery>): HistoryPlace => {
  if (before !== undefined) return { kind: 'before', cursor: before };
  if (after !== undefined) return { kind: 'after', cursor: after };
  if (around !== undefined) return { kind: 'around', cursor: around };
  return at === undefined ? { kind: 'newest' } : { kind: 'at', time: new Date(at).toISOString() as Instant };
};

const params = z.strictObject({ messageId });

export const messageRoutes = (useCases: UseCases): Route[] => [
  route('post', '/message/v1/send', {
    tag,
    summary:
      'Send a message to a conversation, or to a user by id or username; safe to repeat with the same messageId, ' +
      'or with the same Idempotency-Key where no messageId is given: where both are, the messageId decides',
    body: sending,
    answers: { 201: sent, 200: sent },
    refusals: [
      'conversation_not_found',
      'recipient_not_found',
      'recipient_unavailable',
      'cannot_message_self',
      'message_not_found',
      'media_not_found',
      'idempotency_conflict',
    ],
    isIdempotent: true,
    handle: async ({ body, context }) => {
      const { messageId, text = '', attachments, replyTo } = body;
      const input = { messageId, to: addresseeOf(body), text, attachments, replyTo };
      const answer = await useCases.sendMessage(input, context);
      const { repeated, ...sentMessage } = answer;
      return { status: repeated ? 200 : 201, body: sentMessage, position: sentMessage.position };
    },
  }),
  route('get', '/message/v1/history', {
    tag,
    summary: 'A page of messages, oldest first: the newest, or before, after or around a cursor, or at a time',
    projections: ['messages'],
    query: historyQuery,
    answers: { 200: history },
    refusals: ['conversation_not_found'],
    handle: async ({ query, context }) => {
      const { conversationId, limit } = query;
      return { body: await useCases.listHistory(context.actor, { conversationId, place: placeOf(query), limit }) };
    },
  }),
  route('get', '/message/v1/changes', {
    tag,
    summary:
      'The messages that were there at a position, and were edited, deleted or reacted to since, as they are now, the one ' +
      'changed last at the end; those that were sent since are not among them',
    projections: ['messages'],
    query: z.strictObject({
      conversationId,
      since: position,
      cursor: changesCursor.optional(),
      limit: pageSize(200, 50),
    }),
    reaching: ({ since }) => since,
    answers: { 200: changes },
    refusals: ['conversation_not_found'],
    handle: async ({ query: { conversationId, since, cursor, limit }, context }) => ({
      body: await useCases.listChanges(context.actor, { conversationId, since, cursor, limit }),
    }),
  }),
  route('post', '/message/v1/read', {
    tag,
    summary: 'Mark everything up to a message as read; never moves back',
    body: z.strictObject({ conversationId, messageId }),
    answers: { 200: z.object({ position }) },
    refusals: ['conversation_not_found', 'message_not_found'],
    isIdempotent: true,
    handle: async ({ body, context }) => {
      const { position } = await useCases.markRead(body, context);
      return { body: { position }, position };
    },
  }),
  route('get', '/message/v1/:messageId', {
    tag,
    summary: 'One message; a tombstone, with deletedAt and without a text, where it was deleted',
    projections: ['messages'],
    params,
    answers: { 200: message },
    refusals: ['message_not_found'],
    handle: async ({ params, context }) => ({ body: await useCases.getMessage(context.actor, params.messageId) }),
  }),
  route('patch', '/message/v1/:messageId', {
    tag,
    summary: 'Give your message another text',
    params,
    body: z.strictObject({ text }),
    answers: { 204: null },
    refusals: ['message_not_found', 'forbidden', 'recipient_unavailable'],
    isIdempotent: true,
    handle: ({ params, body, context }) => useCases.editMessage({ ...params, ...body }, context),
  }),
  route('delete', '/message/v1/:messageId', {
    tag,
    summary: "Delete your message, or anybody's where you are an owner or an admin of the group; its place stays",
    params,
    answers: { 204: null },
    refusals: ['message_not_found', 'forbidden'],
    isIdempotent: true,
    handle: ({ params, context }) => useCases.deleteMessage(params, context),
  }),
  route('get', '/message/v1/:messageId/receipts', {
    tag,
    summary: 'To whom a message has come, who has read it, and when, page by page',
    projections: ['messages', 'users'],
    params,
    query: z.strictObject({ cursor: receiptCursor.optional(), limit: pageSize(1_000, 100) }),
    answers: { 200: receipts },
    refusals: ['message_not_found'],
    handle: async ({ params, query, context }) => {
      const { cursor: behind, limit } = query;
      return { body: await useCases.getReceipts(context.actor, { ...params, cursor: behind, limit }) };
    },
  }),
];
