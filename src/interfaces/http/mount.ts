import { Readable } from 'node:stream';
import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import { z } from 'zod';
import { AnswerDeadline } from '../answer-deadline.js';
import { bearerOf } from '../caller.js';
import type { CommandContext, RequestClaim } from '../../application/kernel/command-context.js';
import { claimOf } from '../../application/kernel/request-claim.js';
import type { UseCases } from '../../application/use-cases.js';
import { linked } from '../../application/messages/linked.js';
import type { UploadedFile } from '../../application/media/upload-media.js';
import type { Clock } from '../../application/ports/clock.js';
import type { Identifiers } from '../../application/ports/identifiers.js';
import type { KeyedHashes } from '../../application/ports/keyed-hashes.js';
import type { Instant, MediaId, Position, UserId } from '../../domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../domain/kernel/position.js';
import { reject, Rejection } from '../../domain/kernel/rejections.js';
import type { MediaLinks } from '../../application/ports/media-links.js';
import { idempotencyKey, position, secretFieldsOf } from '../schemas/fields.js';
import { awaitReadModels, type AwaitParts } from './await-read-models.js';
import type { RequestState } from './http-context.js';
import { readJson } from './json-body.js';
import { withUpload } from './multipart.js';
import { RefreshCookie, type CookieRules } from './refresh-cookie.js';
import { takePoints, type RequestLimit } from './middleware/limit-requests.js';
import type { Route, RouteAnswer } from './route.js';

export interface MountParts extends AwaitParts {
  readonly useCases: Pick<UseCases, 'authenticate' | 'authenticateLink'>;
  readonly links: Pick<MediaLinks, 'signFor'>;
  readonly identifiers: Identifiers;
  readonly hashes: KeyedHashes;
  readonly clock: Clock;
  readonly takeRequest: RequestLimit;
  /** The time within which a request is answered that brings no file. */
  readonly answerWithinMs: number;
  readonly maxUploadBytes: number;
  /** The time after which a reader is given up who takes nothing of a file. */
  readonly stalledMs?: number;
  readonly cookieRules: CookieRules;
}

type RouteContext = RouterContext<RequestState>;

const nothing = z.strictObject({});
const noBody = z.undefined({ error: 'this call takes no body' });

const header = <Value>(ctx: RouteContext, name: string, schema: z.ZodType<Value>): Value | undefined => {
  const value = ctx.get(name);
  return value === '' ? undefined : z.object({ [name]: schema }).parse({ [name]: value })[name];
};

interface RequestInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * Answers the part of a request of which a keyed hash is kept. No password is in it: two requests that differ in a
 * password alone are the same.
 */
const withoutSecrets = (request: RequestInput, route: Route): RequestInput => {
  const secrets = secretFieldsOf(route.body);
  if (secrets.size === 0) return request;
  const kept = Object.entries(request.body as object).filter(([name]) => !secrets.has(name));
  return { ...request, body: Object.fromEntries(kept) };
};

const claimOfCall = (
  ctx: RouteContext,
  route: Route,
  { hashes }: MountParts,
  request: RequestInput,
): RequestClaim | null => {
  const key = header(ctx, 'Idempotency-Key', idempotencyKey);
  if (!route.isIdempotent) return null;
  const actor = ctx.state.claims?.userId ?? null;
  return claimOf(hashes, {
    actor,
    operation: `${route.method} ${route.path}`,
    key,
    request: withoutSecrets(request, route),
  });
};

/** Answers a time that is given in seconds since the epoch. */
const instantOf = (seconds: number): Instant => new Date(seconds * 1_000).toISOString() as Instant;

const contextOf = (ctx: RouteContext, claim: RequestClaim | null, parts: MountParts): CommandContext<UserId | null> => {
  const { claims, requestId, address } = ctx.state;
  const commandId = parts.identifiers.newCommandId();
  return {
    commandId,
    correlationId: requestId,
    causationId: commandId,
    actor: claims?.userId ?? null,
    sessionId: claims?.sessionId ?? null,
    now: parts.clock(),
    tokenEndsAt: claims?.expiresAt === undefined ? undefined : instantOf(claims.expiresAt),
    address,
    claim,
  };
};

/**
 * Finds the user who calls. Without a valid token the request is refused, unless the route is public. A link to a file takes
 * the place of the token where there is no header: an `<img>` sends none.
 */
const authenticate = (ctx: RouteContext, { isPublic, linksTo }: Route, { useCases }: MountParts): void => {
  if (isPublic) return;
  const { link } = ctx.query;
  if (linksTo && typeof link === 'string' && ctx.get('Authorization') === '') {
    ctx.state.claims = useCases.authenticateLink(link, ctx.params['mediaId'] as MediaId, linksTo);
    return;
  }
  const token = bearerOf(ctx.get('Authorization')) ?? reject('unauthenticated');
  ctx.state.claims = useCases.authenticate(token);
};

/** Lets a call come with the cookie where it has no token that is valid. */
const authenticateOrCookie = (ctx: RouteContext, cookie: RefreshCookie, route: Route, parts: MountParts): void => {
  try {
    authenticate(ctx, route, parts);
  } catch (error) {
    if (!(error instanceof Rejection && route.takesRefreshCookie && cookie.isThere)) throw error;
  }
};

const parse = async (ctx: RouteContext, { method, params, query, body, headers, takesFile }: Route) => ({
  params: (params ?? nothing).parse(ctx.params),
  query: (query ?? nothing).parse({ ...ctx.query }),
  headers: headers?.parse(ctx.headers),
  body: method === 'get' || takesFile ? undefined : (body ?? noBody).parse(await readJson(ctx.req)),
});

/** The position that read models must have reached, by the header or by the query itself. */
const askedPosition = (ctx: RouteContext, { reaching }: Route, query: unknown): Position =>
  laterOf(header(ctx, 'X-Min-Position', position) ?? LOG_START, reaching?.(query as never) ?? LOG_START);

/** A reader may pause, and a phone may be in a tunnel for a while. */
const STALLED_MS = 600_000;

const respondWithFile = (
  ctx: RouteContext,
  { status = 200, download }: { readonly status?: number; readonly download: NonNullable<RouteAnswer['download']> },
  { stalledMs = STALLED_MS }: Pick<MountParts, 'stalledMs'>,
): void => {
  // A connection that is open and takes nothing keeps what was made for it, and what makes it.
  ctx.res.setTimeout(stalledMs, () => ctx.res.destroy());
  // In bytes, so that no more than some tens of KiB wait for a client that reads slowly.
  if (download.content) ctx.body = Readable.from(download.content, { objectMode: false });
  ctx.status = status;
  ctx.set({ 'Cache-Control': 'no-store', ...download.headers });
  // What one user has loaded with a token, their browser must not answer to the next one.
  ctx.vary('Authorization');
};

const respond = (ctx: RouteContext, answer: RouteAnswer, parts: MountParts): void => {
  const { status, body, position: reached, download } = answer;
  if (download) return respondWithFile(ctx, { ...answer, download }, parts);
  const { claims } = ctx.state;
  ctx.body = body && claims ? linked(body, parts.links.signFor(claims)) : (body ?? null);
  ctx.status = status ?? (body ? 200 : 204);
  if (reached !== undefined) ctx.set('X-Position', reached);
  ctx.set('Cache-Control', 'no-store');
};

/** Leaves an answer that comes too late to be sent: what is made as it is read would be open for ever. */
const leave = ({ download }: RouteAnswer): void => {
  const reading = download?.content?.[Symbol.asyncIterator]();
  void reading?.return?.().catch(() => undefined); // nobody is left to be told
};

const handlerOf =
  (route: Route, parts: MountParts, deadline: AnswerDeadline): Middleware<RequestState, RouteContext> =>
  async (ctx) => {
    ctx.state.route = route.path;
    const cookie = new RefreshCookie(ctx, parts.cookieRules);
    authenticateOrCookie(ctx, cookie, route, parts);
    const input = await parse(ctx, route);
    const points = route.surcharge?.(input.body as never) ?? 0;
    if (points > 0) await takePoints(parts.takeRequest, ctx.state.address, points);
    const asked = askedPosition(ctx, route, input.query);
    const { claims } = ctx.state;
    const handle = async (file?: UploadedFile) => {
      await awaitReadModels(parts, { projections: route.projections ?? [], claims, asked });
      const context = contextOf(ctx, claimOfCall(ctx, route, parts, input), parts);
      return route.handle({ ...input, file, context, cookie } as never).catch((error: unknown) => {
        cookie.refused(error);
        throw error;
      });
    };
    const answering = route.takesFile
      ? withUpload(ctx.req, parts.maxUploadBytes, handle)
      : deadline.within(handle, leave);
    respond(ctx, await answering, parts);
  };

/** Makes a router of the routes. */
export const mount = (routes: readonly Route[], parts: MountParts): Router<RequestState> => {
  const router = new Router<RequestState>();
  const deadline = new AnswerDeadline(parts.answerWithinMs);
  for (const route of routes) router[route.method](route.path, handlerOf(route, parts, deadline) as never);
  return router;
};
