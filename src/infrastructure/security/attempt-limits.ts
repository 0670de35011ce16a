import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../application/kernel/network-of.js';
import { TooManyAttemptsError, type Attempt, type AttemptLimits } from '../../application/ports/attempt-limits.js';

interface Limit {
  readonly points: number;
  readonly seconds: number;
}

const QUARTER_HOUR = 900;
const HOUR = 3_600;

/** How many of each are taken from one address, and for one account. */
const LIMITS: Readonly<Record<Attempt, { readonly address: Limit; readonly account: Limit }>> = {
  login: { address: { points: 100, seconds: QUARTER_HOUR }, account: { points: 10, seconds: QUARTER_HOUR } },
  register: { address: { points: 50, seconds: HOUR }, account: { points: 10, seconds: HOUR } },
  'verify-email': { address: { points: 100, seconds: QUARTER_HOUR }, account: { points: 20, seconds: QUARTER_HOUR } },
  'resend-verification': { address: { points: 20, seconds: HOUR }, account: { points: 5, seconds: HOUR } },
  'forgot-password': { address: { points: 20, seconds: HOUR }, account: { points: 5, seconds: HOUR } },
  'reset-password': { address: { points: 100, seconds: QUARTER_HOUR }, account: { points: 20, seconds: QUARTER_HOUR } },
  password: { address: { points: 100, seconds: QUARTER_HOUR }, account: { points: 10, seconds: QUARTER_HOUR } },
  export: { address: { points: 50, seconds: HOUR }, account: { points: 5, seconds: HOUR } },
  refresh: { address: { points: 1_000, seconds: QUARTER_HOUR }, account: { points: 100, seconds: QUARTER_HOUR } },
};

const limiter = (name: string, { points, seconds }: Limit, scale: number): RateLimiterMemory =>
  new RateLimiterMemory({ keyPrefix: name, points: points * scale, duration: seconds });

const consume = async (limit: RateLimiterMemory, key: string): Promise<void> => {
  try {
    await limit.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new TooManyAttemptsError(Math.max(1, Math.ceil(error.msBeforeNext / 1_000)));
  }
};

/** Counts in the memory of this node. Every limit is multiplied by the scale. */
export const createAttemptLimits = (scale: number): AttemptLimits => {
  const limiters = new Map(
    Object.entries(LIMITS).map(([attempt, { address, account }]) => [
      attempt,
      {
        address: limiter(`${attempt}/address`, address, scale),
        account: limiter(`${attempt}/account`, account, scale),
      },
    ]),
  );
  const of = (attempt: Attempt) => {
    const found = limiters.get(attempt);
    if (!found) throw new Error(`there is no limit for ${attempt}`);
    return found;
  };
  return {
    take: async (attempt, { address, account }) => {
      if (address !== undefined) await consume(of(attempt).address, networkOf(address));
      if (account !== undefined) await consume(of(attempt).account, account);
    },
    clear: async (attempt, account) => {
      await of(attempt).account.delete(account);
    },
  };
};
