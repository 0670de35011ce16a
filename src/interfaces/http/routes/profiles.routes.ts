import { z } from 'zod';
import type { ReadYourWrites } from '../../../application/kernel/read-your-writes.js';
import { viewInTime } from '../../../application/kernel/view-in-time.js';
import type { UseCases } from '../../../application/use-cases.js';
import type { Position, UserId } from '../../../domain/kernel/ids.js';
import { lateUser, linkedProfile, ownProfile, settings, users } from '../../schemas/answers.js';
import {
  bio,
  displayName,
  line,
  locale,
  mediaId,
  pageSize,
  presenceAudience,
  userCursor,
  userId,
} from '../../schemas/fields.js';
import { route, type Route, type RouteAnswer } from '../route.js';

const tag = 'Users';

/** Answers what a user has changed of themselves once the read model shows it, or their id alone where that takes too long. */
const answerChanged = async (
  readYourWrites: ReadYourWrites,
  { userId, position }: { readonly userId: UserId; readonly position: Position },
  query: (userId: UserId) => Promise<object>,
): Promise<RouteAnswer> => {
  const view = await viewInTime(readYourWrites, { position, projections: ['users'], query: () => query(userId) });
  return { body: view ?? { userId, position }, position };
};

export const profileRoutes = (useCases: UseCases, readYourWrites: ReadYourWrites): Route[] => [
  route('get', '/user/v1/me', {
    tag,
    summary: 'Your own profile',
    projections: ['users'],
    answers: { 200: ownProfile },
    refusals: ['user_not_found'],
    handle: async ({ context }) => ({ body: await useCases.getOwnProfile(context.actor) }),
  }),
  route('patch', '/user/v1/me', {
    tag,
    summary: 'Change your profile; what is not given stays, null takes away',
    body: z.strictObject({
      displayName: displayName.optional(),
      bio: bio.nullable().optional(),
      avatarMediaId: mediaId.nullable().optional(),
    }),
    answers: { 200: z.union([ownProfile, lateUser]) },
    refusals: ['user_not_found', 'media_not_found', 'media_not_an_image'],
    isIdempotent: true,
    handle: async ({ body, context }) => {
      const { position } = await useCases.changeProfile(body, context);
      return answerChanged(readYourWrites, { userId: context.actor, position }, useCases.getOwnProfile);
    },
  }),
  route('get', '/user/v1/me/settings', {
    tag,
    summary: 'Your settings',
    projections: ['users'],
    answers: { 200: settings },
    refusals: ['user_not_found'],
    handle: async ({ context }) => ({ body: await useCases.getSettings(context.actor) }),
  }),
  route('patch', '/user/v1/me/settings', {
    tag,
    summary: 'Change your settings; those that are not given stay',
    body: z.strictObject({
      readReceipts: z.boolean().optional(),
      presence: presenceAudience.optional(),
      locale: locale.optional(),
      notifications: z.boolean().optional(),
    }),
    answers: { 200: z.union([settings, lateUser]) },
    refusals: ['user_not_found'],
    isIdempotent: true,
    handle: async ({ body, context }) => {
      const { position } = await useCases.changeSettings(body, context);
      return answerChanged(readYourWrites, { userId: context.actor, position }, useCases.getSettings);
    },
  }),
  route('get', '/user/v1/users', {
    tag,
    summary: 'Users whose username, or a word of whose name, begins so; by username',
    projections: ['users'],
    query: z.strictObject({
      query: line(1, 64)
        .regex(/\S/, 'is blank')
        .meta({ examples: ['ada'] }),
      cursor: userCursor.optional(),
      limit: pageSize(100, 50),
    }),
    answers: { 200: users },
    refusals: [],
    handle: async ({ query: { query, cursor: behind, limit } }) => {
      const { profiles, nextCursor } = await useCases.searchUsers(query, { cursor: behind, limit });
      return { body: { users: profiles, nextCursor } };
    },
  }),
  route('get', '/user/v1/users/:userId', {
    tag,
    summary: 'The profile of somebody',
    projections: ['users'],
    params: z.strictObject({ userId }),
    answers: { 200: linkedProfile },
    refusals: ['user_not_found'],
    handle: async ({ params }) => ({ body: await useCases.getProfile(params.userId) }),
  }),
];
