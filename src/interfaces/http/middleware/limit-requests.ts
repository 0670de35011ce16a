import type { Middleware } from 'koa';
import { DoorRefusal } from '../../failure.js';
import type { RequestState } from '../http-context.js';

/**
 * Counts what an address asks for: one point a request, more for one that asks for much. Answers after how many seconds
 * to come back when it was too much, else 0.
 */
export type RequestLimit = (address: string, points: number) => Promise<number>;

/** Refuses an address that has asked for too much. */
export const takePoints = async (take: RequestLimit, address: string, points: number): Promise<void> => {
  const waitSeconds = await take(address, points);
  if (waitSeconds > 0) throw new DoorRefusal('too_many_requests', { 'Retry-After': String(waitSeconds) });
};

/** Refuses an address that asks too often. */
export const limitRequests =
  (take: RequestLimit): Middleware<RequestState> =>
  async (ctx, next) => {
    await takePoints(take, ctx.state.address, 1);
    await next();
  };
