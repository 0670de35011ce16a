import Router from '@koa/router';
import type { Middleware } from 'koa';
import type { Operations } from '../../application/ports/operations.js';
import type { RequestState } from './http-context.js';

/** Answers operators whether the server is alive, whether it is ready, and its metrics. */
export const opsRoutes = ({ readiness, metrics }: Operations): Middleware => {
  const router = new Router<RequestState>();
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'ok' };
  });
  router.get('/readyz', (ctx) => {
    const report = readiness();
    ctx.status = report.ready ? 200 : 503;
    ctx.body = { status: report.ready ? 'ready' : 'not ready', checks: report.checks };
  });
  router.get('/metrics', async (ctx) => {
    const { contentType, text } = await metrics();
    ctx.type = contentType;
    ctx.body = text;
  });
  return router.routes() as unknown as Middleware;
};
