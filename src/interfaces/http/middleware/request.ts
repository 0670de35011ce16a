import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import type { RequestState } from '../http-context.js';
import type { DoorLog } from './errors.js';

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** The caller's address: of the socket, or as told by so many proxies of ours in `X-Forwarded-For`. */
export const addressOf = (request: IncomingMessage, trustedProxies: number): string => {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return direct;
  const told = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim());
  const address = told.at(-trustedProxies);
  return address === undefined || address === '' || address.length > 64 ? direct : address;
};

/** Watches requests: for metrics. */
export type OnRequest = (request: { route: string; method: string; status: number; seconds: number }) => void;

/** Names each request, and notes how it went: its declared path, never what was in it. */
export const request =
  (log: DoorLog, trustedProxies: number, onRequest: OnRequest): Middleware<RequestState> =>
  async (ctx, next) => {
    const startedAt = performance.now();
    const given = ctx.get('X-Request-Id');
    ctx.state.requestId = REQUEST_ID.test(given) ? given : randomUUID();
    ctx.state.address = addressOf(ctx.req, trustedProxies);
    ctx.set('X-Request-Id', ctx.state.requestId);
    await next();
    const seconds = (performance.now() - startedAt) / 1_000;
    const { requestId, route = 'none', claims } = ctx.state;
    onRequest({ route, method: ctx.method, status: ctx.status, seconds });
    log.debug(
      {
        requestId,
        route,
        method: ctx.method,
        status: ctx.status,
        ms: Math.round(seconds * 1_000),
        userId: claims?.userId,
      },
      'request',
    );
  };
