import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { sessions, tokens } from '../../schemas/answers.js';
import { device, givenPassword, line, sessionId, token } from '../../schemas/fields.js';
import { publicRoute, route, type Route } from '../route.js';

const tag = 'Sessions';

export const sessionRoutes = (useCases: UseCases): Route[] => [
  publicRoute('post', '/user/v1/login', {
    tag,
    summary: 'Log in with a username or an e-mail address',
    body: z.strictObject({ login: line(1, 254), password: givenPassword, device: device.optional() }),
    answers: { 200: tokens },
    refusals: ['invalid_credentials', 'email_not_verified', 'too_many_attempts'],
    handle: async ({ body, context }) => {
      const { position, ...answer } = await useCases.logIn(body, context);
      return { body: answer, position };
    },
  }),
  publicRoute('post', '/user/v1/refresh-token', {
    tag,
    summary: 'Exchange a refresh token; the old one is spent',
    body: z.strictObject({ refreshToken: token }),
    answers: { 200: tokens },
    refusals: ['refresh_token_invalid', 'refresh_token_expired', 'refresh_token_reused', 'too_many_attempts'],
    handle: async ({ body, context }) => {
      const { position, ...answer } = await useCases.refreshSession(body, context);
      return { body: answer, position };
    },
  }),
  route('post', '/user/v1/logout', {
    tag,
    summary: 'End this session, or all of yours: tokens stop working at once, sockets are closed',
    body: z.strictObject({ scope: z.enum(['session', 'all']).default('session') }).default({ scope: 'session' }),
    answers: { 204: null },
    refusals: [],
    handle: ({ body, context }) => useCases.logOut(body, context),
  }),
  route('get', '/user/v1/sessions', {
    tag,
    summary: 'Where you are logged in, the session last used first',
    projections: ['users'],
    answers: { 200: sessions },
    refusals: [],
    handle: async ({ context }) => ({ body: await useCases.listSessions(context) }),
  }),
  route('delete', '/user/v1/sessions/:sessionId', {
    tag,
    summary: 'End one of your sessions: its tokens stop working at once, its sockets are closed',
    params: z.strictObject({ sessionId }),
    answers: { 204: null },
    refusals: ['session_not_found'],
    handle: ({ params, context }) => useCases.endSession(params, context),
  }),
];
