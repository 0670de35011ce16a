import type { Middleware } from 'koa';
import { failureOf } from '../../failure.js';
import { problemOf, statuses } from '../problem.js';
import type { RequestState } from '../http-context.js';
import type { ErrorLog } from '../../error-log.js';

/** Turns every error into a problem document, and logs those that are ours. No other code of HTTP catches errors. */
export const errors =
  (log: ErrorLog): Middleware<RequestState> =>
  async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const { code, errors, retryAfterSeconds, headers, isOurs } = failureOf(error);
      const { requestId, route } = ctx.state;
      if (isOurs) log.error({ err: error, requestId, route, code }, 'request failed');
      ctx.status = statuses[code];
      ctx.body = problemOf(code, requestId, errors);
      ctx.set('Content-Type', 'application/problem+json');
      ctx.set('Cache-Control', 'no-store');
      if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
      if (statuses[code] === 401) ctx.set('WWW-Authenticate', 'Bearer');
      if (headers) ctx.set({ ...headers });
    }
  };
