import { z } from 'zod';
import type { TokenAnswer } from '../../../application/sessions/tokens.js';
import type { UseCases } from '../../../application/use-cases.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { reject } from '../../../domain/kernel/rejections.js';
import { sessions, tokens } from '../../schemas/answers.js';
import { device, givenPassword, line, sessionId, token } from '../../schemas/fields.js';
import { cookieRoute, publicRoute, route, type Route, type RouteAnswer } from '../route.js';
import type { RefreshCookie } from '../refresh-cookie.js';

const tag = 'Sessions';

const asCookie = z
  .boolean()
  .default(false)
  .meta({ description: 'Answer the refresh token in a cookie, not in the body.' });

/** A username or an address. */
const login = line(1, 254).meta({ examples: ['ada'] });

const REFRESHING = [
  'refresh_token_invalid',
  'refresh_token_expired',
  'refresh_token_reused',
  'too_many_attempts',
  'origin_not_allowed',
] as const;

/** Answers tokens, the refresh token in the body or in a cookie. */
const answerTokens = (
  { position, ...tokens }: TokenAnswer & { readonly position: Position },
  cookie: RefreshCookie | undefined,
): RouteAnswer => {
  if (!cookie) return { body: tokens, position };
  const { refreshToken, ...shown } = tokens;
  cookie.keep(refreshToken, tokens.refreshExpiresIn);
  return { body: shown, position };
};

export const sessionRoutes = (useCases: UseCases): Route[] => [
  publicRoute('post', '/user/v1/login', {
    tag,
    summary: 'Log in with a username or an e-mail address',
    setsRefreshCookie: true,
    body: z.strictObject({ login, password: givenPassword, device: device.optional(), cookie: asCookie }),
    answers: { 200: tokens },
    refusals: ['invalid_credentials', 'email_not_verified', 'too_many_attempts', 'origin_not_allowed'],
    handle: async ({ body: { cookie: wanted, ...login }, context, cookie }) => {
      if (wanted) cookie.requireOrigin();
      return answerTokens(await useCases.logIn(login, context), wanted ? cookie : undefined);
    },
  }),
  publicRoute('post', '/user/v1/refresh-token', {
    tag,
    summary: 'Exchange a refresh token, of the body or else of the cookie; the old one is spent',
    takesRefreshCookie: true,
    setsRefreshCookie: true,
    body: z
      .strictObject({ refreshToken: token.optional(), cookie: asCookie })
      .default({ cookie: false })
      .meta({ examples: [{ refreshToken: 'kx7Wq2_the-token-that-you-were-given' }] }),
    answers: { 200: tokens },
    refusals: REFRESHING,
    handle: async ({ body: { refreshToken: given, cookie: wanted }, context, cookie }) => {
      if (wanted) cookie.requireOrigin();
      const refreshToken = given ?? cookie.take() ?? reject('refresh_token_invalid');
      const isByCookie = wanted || given === undefined;
      return answerTokens(await useCases.refreshSession({ refreshToken }, context), isByCookie ? cookie : undefined);
    },
  }),
  cookieRoute('post', '/user/v1/logout', {
    tag,
    summary:
      'End this session, or all of yours: tokens stop working at once, sockets are closed. Without a valid access token it is the ' +
      'session of the cookie. The cookie is removed',
    setsRefreshCookie: true,
    body: z.strictObject({ scope: z.enum(['session', 'all']).default('session') }).default({ scope: 'session' }),
    answers: { 204: null },
    refusals: REFRESHING,
    handle: async ({ body, context, cookie }) => {
      const { actor } = context;
      const answer = await (actor === null
        ? useCases.logOutByToken(
            { ...body, refreshToken: cookie.take() ?? reject('unauthenticated') },
            { ...context, actor },
          )
        : useCases.logOut(body, { ...context, actor }));
      cookie.clear();
      return answer;
    },
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
