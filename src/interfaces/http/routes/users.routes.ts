import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import {
  displayName,
  email,
  givenPassword,
  password,
  position,
  token,
  userId,
  username,
} from '../../schemas/fields.js';
import { contentDisposition } from '../content-disposition.js';
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
  publicRoute('post', '/user/v1/password/forgot', {
    tag,
    summary: 'Mail a link to set another password, if the address is registered; the answer does not tell',
    body: z.strictObject({ email }),
    answers: { 202: null },
    refusals: ['too_many_attempts'],
    handle: async ({ body, context }) => {
      await useCases.requestPasswordReset(body, context);
      return { status: 202 };
    },
  }),
  publicRoute('post', '/user/v1/password/reset', {
    tag,
    summary: 'Set another password with the token of the mailed link; every session ends',
    body: z.strictObject({ token, password }),
    answers: { 204: null },
    refusals: ['token_invalid', 'token_expired', 'too_many_attempts'],
    handle: ({ body, context }) => useCases.resetPassword(body, context),
  }),
  route('post', '/user/v1/password/change', {
    tag,
    summary: 'Set another password; every other session ends',
    body: z.strictObject({ currentPassword: givenPassword, newPassword: password }),
    answers: { 204: null },
    refusals: ['invalid_credentials', 'too_many_attempts'],
    handle: ({ body, context }) => useCases.changePassword(body, context),
  }),
  route('get', '/user/v1/me/export', {
    tag,
    summary: 'Everything that is held on you, as a ZIP of JSON files and of the files that you have uploaded',
    projections: ['users', 'media', 'messages'],
    answers: { 200: null },
    downloads: 'application/zip',
    refusals: ['user_not_found', 'too_many_attempts'],
    handle: async ({ context }) => {
      const { fileName, contentType, content } = await useCases.exportUser(context);
      const disposition = contentDisposition('attachment', fileName);
      return { download: { headers: { 'Content-Type': contentType, 'Content-Disposition': disposition }, content } };
    },
  }),
  route('delete', '/user/v1/me', {
    tag,
    summary: 'Erase yourself, for good: your names are free, your words are gone, what remains is that you were',
    body: z.strictObject({ password: givenPassword }),
    answers: { 202: null },
    refusals: ['invalid_credentials', 'too_many_attempts', 'legal_hold'],
    handle: async ({ body, context }) => ({ status: 202, ...(await useCases.eraseOneself(body, context)) }),
  }),
  route('delete', '/user/v1/users/:userId', {
    tag,
    summary: 'Erase somebody, for good; for admins',
    params: z.strictObject({ userId }),
    answers: { 202: null },
    refusals: ['forbidden', 'user_not_found', 'legal_hold'],
    handle: async ({ params, context }) => ({ status: 202, ...(await useCases.eraseOther(params, context)) }),
  }),
];
