import { z } from 'zod';
import type { UseCases } from '../../../application/kernel/use-cases.js';
import { ownProfile } from '../../schemas/answers.js';
import { displayName, email, password, position, token, userId, username } from '../../schemas/fields.js';
import { publicRoute, route, type Route } from '../route.js';

const tag = 'Accounts';

export const userRoutes = (useCases: UseCases): Route[] => [
  publicRoute('post', '/user/v1/register', {
    tag,
    summary: 'Register; a mail with a link to verify the address goes out',
    body: z.strictObject({ username, email, password, displayName: displayName.optional() }),
    answers: { 201: z.object({ userId, position }) },
    refusals: ['username_taken', 'email_taken', 'too_many_attempts'],
    isIdempotent: true,
    handle: async ({ body, context }) => {
      const { userId, position } = await useCases.registerUser(body, context);
      return { status: 201, body: { userId, position }, position };
    },
  }),
  publicRoute('post', '/user/v1/verify-email', {
    tag,
    summary: 'Verify the address with the token of the mailed link',
    body: z.strictObject({ token }),
    answers: { 204: null },
    refusals: ['token_invalid', 'token_expired', 'too_many_attempts'],
    handle: ({ body, context }) => useCases.verifyEmail(body, context),
  }),
  publicRoute('post', '/user/v1/verify-email/resend', {
    tag,
    summary: 'Mail another link, if the address is registered and not verified; the answer does not tell',
    body: z.strictObject({ email }),
    answers: { 202: null },
    refusals: ['too_many_attempts'],
    handle: async ({ body, context }) => {
      await useCases.resendVerification(body, context);
      return { status: 202 };
    },
  }),
  route('get', '/user/v1/me', {
    tag,
    summary: 'Your own profile',
    projection: 'users',
    answers: { 200: ownProfile },
    refusals: ['user_not_found'],
    handle: async ({ context }) => ({ body: await useCases.getOwnProfile(context.actor) }),
  }),
];
