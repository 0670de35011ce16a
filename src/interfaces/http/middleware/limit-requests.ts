import type { Middleware } from 'koa';
import { DoorRefusal } from '../../failure.js';
import type { RequestState } from '../http-context.js';

/** Counts a request of an address; answers after how many seconds to come back when there were too many, else 0. */
export type RequestLimit = (address: string) => Promise<number>;

/** Refuses an address that asks too often. */
export const limitRequests =
  (take: RequestLimit): Middleware<RequestState> =>
  async (ctx, next) => {
    const waitSeconds = await take(ctx.state.address);
    if (waitSeconds > 0) throw new DoorRefusal('too_many_requests', { 'Retry-After': String(waitSeconds) });
    await next();
  };
