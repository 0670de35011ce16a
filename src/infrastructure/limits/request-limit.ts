import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../application/kernel/network-of.js';
import { secondsUntil, type MakeLimiter } from './limiters.js';

const REQUESTS_PER_MINUTE = 1_200;
/** A node tells the others of this part of a limit at a time. */
const PORTIONS = 60;

export interface RequestLimitParts {
  readonly make: MakeLimiter;
  /** The limit is multiplied by it. */
  readonly scale: number;
  /** Called when others could not be told of a portion: they will let as many requests more through. */
  readonly onUntold: (error: unknown) => void;
}

/**
 * Limits the requests of a network within a minute, on all nodes together. No request waits for the others: each node counts
 * in its memory, adds what it has counted to the sum of all nodes in portions, and refuses a network once that sum has
 * reached the limit. So a network can have one portion more than the limit for each node, and what comes until the sum is known.
 */
export const createRequestLimit = ({ make, scale, onUntold }: RequestLimitParts) => {
  const points = REQUESTS_PER_MINUTE * scale;
  const limit = { points, seconds: 60 };
  const here = new RateLimiterMemory({ points, duration: limit.seconds });
  const everywhere = make('requests', limit);
  const portion = points / PORTIONS;

  const share = async (network: string, shared: number): Promise<void> => {
    const { consumedPoints, msBeforeNext } = await everywhere.penalty(network, shared);
    if (consumedPoints >= points && msBeforeNext > 0) await here.block(network, msBeforeNext / 1_000);
  };

  /** Answers after how many seconds an address may ask again, or 0 where it may go on. */
  return async (address: string, asked: number): Promise<number> => {
    const network = networkOf(address);
    try {
      const { consumedPoints } = await here.consume(network, asked);
      const portions = Math.floor(consumedPoints / portion) - Math.floor((consumedPoints - asked) / portion);
      if (portions > 0) void share(network, portions * portion).catch(onUntold);
      return 0;
    } catch (error) {
      if (error instanceof RateLimiterRes) return secondsUntil(error);
      throw error;
    }
  };
};
