import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import type { RequestState } from '../http-context.js';
import { addressOf } from '../../caller.js';
import type { DoorLog } from '../../door-log.js';

const REQUEST_ID = /^[\w.-]{1,64}$/;

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
