import type { Middleware } from 'koa';
import { InterfaceRefusal } from '../../failure.js';
import type { RequestState } from '../http-context.js';

/**
 * Counts the requests of an address: one point a request, more for one that asks for much. Answers after how many seconds
 * the address may ask again, or 0 where it may go on.
 */
export type RequestLimit = (address: string, points: number) => Promise<number>;

/** Refuses an address that has used up its points. */
export const takePoints = async (take: RequestLimit, address: string, points: number): Promise<void> => {
  const waitSeconds = await take(address, points);
  if (waitSeconds > 0) throw new InterfaceRefusal('too_many_requests', { 'Retry-After': String(waitSeconds) });
};

/** Counts one point a request, and refuses an address that has used up its points. */
export const limitRequests =
  (take: RequestLimit): Middleware<RequestState> =>
  async (ctx, next) => {
    await takePoints(take, ctx.state.address, 1);
    await next();
  };
