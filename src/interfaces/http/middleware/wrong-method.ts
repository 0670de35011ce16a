import type Router from '@koa/router';
import type { Middleware } from 'koa';
import { InterfaceRefusal } from '../../failure.js';
import type { RequestState } from '../http-context.js';
import type { Route } from '../route.js';

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;

const refuse = (isAllowed: (method: string) => boolean): never => {
  const allowed = METHODS.filter(isAllowed).map((method) => method.toUpperCase());
  throw new InterfaceRefusal('method_not_allowed', { Allow: allowed.join(', ') });
};

/** A path without parameters takes its own methods alone: `/message/v1/send` is never the id of a message. */
export const refuseOnFixedPaths = (routes: readonly Route[]): Middleware => {
  const fixed = new Map<string, Set<string>>();
  for (const { path, method } of routes)
    if (!path.includes(':')) fixed.set(path, (fixed.get(path) ?? new Set()).add(method));
  return (ctx, next) => {
    const allowed = fixed.get(ctx.path);
    const method = ctx.method === 'HEAD' ? 'get' : ctx.method.toLowerCase();
    return allowed && !allowed.has(method) ? refuse((each) => allowed.has(each)) : next();
  };
};

/** Refuses what no route has taken. */
export const refuseTheRest =
  (router: Router<RequestState>): Middleware =>
  (ctx) => {
    const isThere = (method: string): boolean => router.match(ctx.path, method.toUpperCase()).route;
    if (METHODS.some(isThere)) refuse(isThere);
    throw new InterfaceRefusal('not_found');
  };
