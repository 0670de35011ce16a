import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import type { Instant } from '../../../domain/kernel/ids.js';
import { found } from '../../schemas/answers.js';
import { conversationId, instant, pageSize, searchCursor, searchText, userId } from '../../schemas/fields.js';
import { route, type Route } from '../route.js';

/** A search may read thousands of rows: it counts for as many requests beside itself. */
const SEARCH_POINTS = 4;

const query = z.strictObject({
  q: searchText,
  conversationId: conversationId.optional(),
  from: userId.optional(),
  before: instant.optional(),
  after: instant.optional(),
  cursor: searchCursor.optional(),
  limit: pageSize(100, 50),
});

const timeOf = (given: Instant | undefined): Instant | undefined =>
  given === undefined ? undefined : (new Date(given).toISOString() as Instant);

export const searchRoutes = (useCases: UseCases): Route[] => [
  route('get', '/message/v1/search', {
    tag: 'Messages',
    summary:
      'Find messages, the newest first, that contain all the words of q, or parts of words, and the phrases in "quotation ' +
      'marks", whatever their case and accents; of one conversation, of one sender (from), sent before a time, or at a time or ' +
      'after it. A page may hold fewer messages than asked for, and even none, where nextCursor goes on',
    projections: ['search', 'messages'],
    query,
    answers: { 200: found },
    refusals: ['conversation_not_found'],
    surcharge: () => SEARCH_POINTS,
    handle: async ({ query, context }) => {
      const { q, conversationId, from, before, after, cursor, limit } = query;
      const times = { before: timeOf(before), after: timeOf(after) };
      return {
        body: await useCases.searchMessages(context.actor, { q, conversationId, from, ...times, cursor, limit }),
      };
    },
  }),
];
