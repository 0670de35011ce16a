import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Pause } from '../../application/kernel/minimum-duration.js';
import { networkOf } from '../../application/kernel/network-of.js';
import { TooManyAttemptsError, type Attempt, type AttemptLimits } from '../../application/ports/attempt-limits.js';
import { secondsUntil, type Limit, type Limiter, type MakeLimiter } from '../limits/limiters.js';

const QUARTER_HOUR = 900;
const HOUR = 3_600;

/** The attempts that one network may make, and those that it may make for one subject. */
const LIMITS: Readonly<Record<Attempt, { readonly network: Limit; readonly subject: Limit }>> = {
  login: { network: { points: 100, seconds: QUARTER_HOUR }, subject: { points: 10, seconds: QUARTER_HOUR } },
  register: { network: { points: 50, seconds: HOUR }, subject: { points: 10, seconds: HOUR } },
  'verify-email': { network: { points: 100, seconds: QUARTER_HOUR }, subject: { points: 20, seconds: QUARTER_HOUR } },
  'resend-verification': { network: { points: 20, seconds: HOUR }, subject: { points: 5, seconds: HOUR } },
  'forgot-password': { network: { points: 20, seconds: HOUR }, subject: { points: 5, seconds: HOUR } },
  'reset-password': { network: { points: 100, seconds: QUARTER_HOUR }, subject: { points: 20, seconds: QUARTER_HOUR } },
  password: { network: { points: 100, seconds: QUARTER_HOUR }, subject: { points: 10, seconds: QUARTER_HOUR } },
  export: { network: { points: 50, seconds: HOUR }, subject: { points: 5, seconds: HOUR } },
  refresh: { network: { points: 1_000, seconds: QUARTER_HOUR }, subject: { points: 100, seconds: QUARTER_HOUR } },
};

/** The number of mails of a kind that go to one address, whoever asks for them. */
const MAILS: Limit = { points: 10, seconds: HOUR };

/** The time for which the first attempt too many for a user waits. Each further attempt waits twice as long. */
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;

const consume = async (limit: Limiter, key: string): Promise<void> => {
  try {
    await limit.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new TooManyAttemptsError(secondsUntil(error));
  }
};

/** Answers how long an attempt waits, by the number of attempts for the same subject before it. */
const delayOf = (attempts: number, free: number): number =>
  attempts <= free ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempts - free - 1));

const limitersOf = (attempt: Attempt, make: MakeLimiter, scale: number) => {
  const { network, subject } = LIMITS[attempt];
  const limiter = (name: string, limit: Limit) =>
    make(`${attempt}/${name}`, { ...limit, points: limit.points * scale });
  return {
    network: limiter('network', { ...network, isFinal: true }),
    subjectFromNetwork: limiter('subject-from-network', subject),
    // This limit only counts: attempts from many networks together make a user's log-in slower, and never close it.
    subject: limiter('subject', subject),
    mails: limiter('mails', MAILS),
  };
};

const fromNetwork = (subject: string, address: string): string => `${networkOf(address)}/${subject}`;

export interface AttemptLimitsParts {
  /** Makes what counts the attempts. */
  readonly make: MakeLimiter;
  /** Every limit is multiplied by it. */
  readonly scale: number;
  readonly pause: Pause;
}

export const createAttemptLimits = ({ make, scale, pause }: AttemptLimitsParts): AttemptLimits => {
  const limiters = new Map<Attempt, ReturnType<typeof limitersOf>>();
  const of = (attempt: Attempt) => {
    const found = limiters.get(attempt) ?? limitersOf(attempt, make, scale);
    limiters.set(attempt, found);
    return found;
  };
  const takeFor = async (attempt: Attempt, subject: string, address: string): Promise<void> => {
    const { subjectFromNetwork, subject: everywhere } = of(attempt);
    await consume(subjectFromNetwork, fromNetwork(subject, address));
    const { consumedPoints } = await everywhere.penalty(subject, 1);
    const delay = delayOf(consumedPoints, everywhere.points);
    if (delay > 0) await pause(delay);
  };
  return {
    takeFrom: (attempt, address) => consume(of(attempt).network, networkOf(address)),
    takeFor,
    take: async (attempt, { address, subject }) => {
      await consume(of(attempt).network, networkOf(address));
      await takeFor(attempt, subject, address);
    },
    clear: async (attempt, subject, address) => {
      await of(attempt).subjectFromNetwork.delete(fromNetwork(subject, address));
      await of(attempt).subject.reward(subject, 1);
    },
    mail: async (attempt, subject, send) => {
      const { mails } = of(attempt);
      let isSent = false;
      // The attempt is counted before it is carried out, as others ask at the same time.
      const { consumedPoints } = await mails.penalty(subject, 1);
      try {
        if (consumedPoints <= mails.points) isSent = await send();
      } finally {
        if (!isSent) await mails.reward(subject, 1);
      }
    },
  };
};
