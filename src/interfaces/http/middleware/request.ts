import { randomUUID } from 'node:crypto';
import type { Middleware, Next, ParameterizedContext } from 'koa';
import type { RequestState } from '../http-context.js';
import { addressOf } from '../../caller.js';
import type { ErrorLog } from '../../error-log.js';
import type { Tracing } from '../../../application/ports/tracing.js';

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Answers the id that a client gives its request where it can be written anywhere, else a new one. */
export const requestIdOf = (given: string, newId: () => string): string => (REQUEST_ID.test(given) ? given : newId());

/** Observes requests, for metrics. */
export type OnRequest = (request: { route: string; method: string; status: number; seconds: number }) => void;

interface RequestParts {
  readonly log: ErrorLog;
  readonly tracing: Tracing;
  readonly trustedProxies: number;
  readonly onRequest: OnRequest;
}

/** Gives each request its id, and logs how it ended, with its declared path, never with what was in it. */
const observed =
  ({ log, tracing, trustedProxies, onRequest }: RequestParts) =>
  async (ctx: ParameterizedContext<RequestState>, next: Next): Promise<void> => {
    const startedAt = performance.now();
    ctx.state.requestId = requestIdOf(ctx.get('X-Request-Id'), () => tracing.correlationId() ?? randomUUID());
    ctx.state.address = addressOf(ctx.req, trustedProxies);
    ctx.set('X-Request-Id', ctx.state.requestId);
    await next();
    const seconds = (performance.now() - startedAt) / 1_000;
    const { requestId, route = 'none', claims } = ctx.state;
    const { method, status } = ctx;
    onRequest({ route, method, status, seconds });
    log.debug({ requestId, route, method, status, ms: Math.round(seconds * 1_000), userId: claims?.userId }, 'request');
    if (tracing.isOn)
      tracing.note({
        'chatapp.correlation_id': requestId,
        'http.request.method': method,
        'http.response.status_code': status,
        'http.route': route,
      });
  };

/** Observes each request, in a span of its own where spans are made. */
export const request = (parts: RequestParts): Middleware<RequestState> => {
  const observe = observed(parts);
  const { tracing } = parts;
  if (!tracing.isOn) return observe;
  return (ctx, next) => tracing.request(`HTTP ${ctx.method}`, ctx.get('traceparent'), () => observe(ctx, next));
};
