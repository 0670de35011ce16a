import { RateLimiterMemory, type RateLimiterAbstract, type RateLimiterRes } from 'rate-limiter-flexible';

/** So many points within so many seconds, which begin with the first of them. */
export interface Limit {
  readonly points: number;
  readonly seconds: number;
  /** Whoever has used up all points is refused without another question to the store. Points are never given back then. */
  readonly isFinal?: boolean;
}

/** Counts the points of subjects. Subjects are what they are: where a limiter stores them, it stores their hashes. */
export interface Limiter extends Pick<RateLimiterAbstract, 'points'> {
  /** Counts points, and rejects with a `RateLimiterRes` where there are none left. */
  consume(subject: string, points?: number): Promise<RateLimiterRes>;
  /** Counts points beyond any limit. */
  penalty(subject: string, points?: number): Promise<RateLimiterRes>;
  /** Takes points back. */
  reward(subject: string, points?: number): Promise<RateLimiterRes>;
  /** Forgets the subject. */
  delete(subject: string): Promise<boolean>;
}

/** Makes what counts for a limit. The name is a limit's own. */
export type MakeLimiter = (name: string, limit: Limit) => Limiter;

/** Counts in the memory of this process. */
export const limiterInMemory = (_: string, { points, seconds }: Limit): RateLimiterMemory =>
  new RateLimiterMemory({ points, duration: seconds });

/** Answers after how many seconds there are points again, at least one. */
export const secondsUntil = ({ msBeforeNext }: RateLimiterRes): number => Math.max(1, Math.ceil(msBeforeNext / 1_000));
