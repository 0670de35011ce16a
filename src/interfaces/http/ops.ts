import Router from '@koa/router';
import type { Middleware } from 'koa';
import type { RequestState } from './http-context.js';

/** How each part of the service does. */
export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;
}

export interface Operations {
  /** Asks nothing of any store: it tells what is known. */
  readiness(): ReadinessReport;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** For those who run it: is it alive, is it ready, how does it do. */
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
