import type { Middleware } from 'koa';

/** What stands before the path of a tile, and has slashes behind it (C2SP `tlog-tiles`). */
const TILES = '/audit/v1/tiles/tile/';

/** Makes one part of what stands behind `tile/`, however many slashes it has: a route takes it as one parameter. */
export const tileAddresses: Middleware = (ctx, next) => {
  if (ctx.path.startsWith(TILES)) ctx.path = TILES + ctx.path.slice(TILES.length).replaceAll('/', '%2F');
  return next();
};
