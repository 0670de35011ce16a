import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { blocks, contacts } from '../../schemas/answers.js';
import { pageSize, userCursor, userId } from '../../schemas/fields.js';
import { route, type Route } from '../route.js';

const tag = 'Contacts';

const params = z.strictObject({ userId });
const query = z.strictObject({ cursor: userCursor.optional(), limit: pageSize(100, 50) });

export const contactRoutes = (useCases: UseCases): Route[] => [
  route('get', '/user/v1/contacts', {
    tag,
    summary: 'Your contacts, by username',
    projections: ['users'],
    query,
    answers: { 200: contacts },
    refusals: [],
    handle: async ({ query: { cursor: behind, limit }, context }) => {
      const { profiles, nextCursor } = await useCases.listRelated(context.actor, 'contacts', { cursor: behind, limit });
      return { body: { contacts: profiles, nextCursor } };
    },
  }),
  route('put', '/user/v1/contacts/:userId', {
    tag,
    summary: 'Keep somebody among your contacts; they are not told',
    params,
    answers: { 204: null },
    refusals: ['user_not_found', 'not_yourself', 'contacts_full'],
    handle: ({ params: of, context }) => useCases.addContact(of, context),
  }),
  route('delete', '/user/v1/contacts/:userId', {
    tag,
    summary: 'Take somebody from your contacts',
    params,
    answers: { 204: null },
    refusals: [],
    handle: ({ params: of, context }) => useCases.removeContact(of, context),
  }),
  route('get', '/user/v1/blocks', {
    tag,
    summary: 'Whom you have blocked, by username',
    projections: ['users'],
    query,
    answers: { 200: blocks },
    refusals: [],
    handle: async ({ query: { cursor: behind, limit }, context }) => {
      const { profiles, nextCursor } = await useCases.listRelated(context.actor, 'blocks', { cursor: behind, limit });
      return { body: { blocks: profiles, nextCursor } };
    },
  }),
  route('put', '/user/v1/blocks/:userId', {
    tag,
    summary: 'Keep somebody from writing to you directly, and from seeing whether you are there; they are not told',
    params,
    answers: { 204: null },
    refusals: ['user_not_found', 'not_yourself', 'blocks_full'],
    handle: ({ params: of, context }) => useCases.blockUser(of, context),
  }),
  route('delete', '/user/v1/blocks/:userId', {
    tag,
    summary: 'Let somebody write to you again',
    params,
    answers: { 204: null },
    refusals: [],
    handle: ({ params: of, context }) => useCases.unblockUser(of, context),
  }),
];
