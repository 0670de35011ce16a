import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import type { RequestState } from '../http-context.js';
import { addressOf } from '../../caller.js';
import type { ErrorLog } from '../../error-log.js';

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Observes requests, for metrics. */
export type OnRequest = (request: { route: string; method: string; status: number; seconds: number }) => void;

/** Gives each request its id, and logs how it ended, with its declared path, never with what was in it. */
export const request =
  (log: ErrorLog, trustedProxies: number, onRequest: OnRequest): Middleware<RequestState> =>
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
