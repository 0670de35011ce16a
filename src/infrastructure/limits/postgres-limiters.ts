import type pg from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { DatabaseUnavailableError } from '../../application/ports/database-unavailable.js';
import type { KeyedHashes } from '../../application/ports/keyed-hashes.js';
import { limiterInMemory, type Limit, type Limiter, type MakeLimiter } from './limiters.js';

const limiterOn = (pool: pg.Pool, name: string, limit: Limit): Limiter =>
  new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool', // Otherwise it is told by the name of the class, which ours is not.
    schemaName: 'security',
    tableName: 'limits',
    tableCreated: true,
    clearExpiredByTimeout: false, // It would be a timer for each limit.
    keyPrefix: name,
    points: limit.points,
    duration: limit.seconds,
    inMemoryBlockOnConsumed: limit.isFinal ? limit.points : 0,
  });

/**
 * Counts for all nodes on one database, one statement for each call. While the database is away, each node counts in its
 * memory, and begins at zero there. One that is merely overloaded is waited for, and then refuses: whoever could overload it
 * would otherwise be let through by the memory of every node. So the insurance of the library, which takes any error, is not used.
 */
export const limitersInPostgres =
  (pool: pg.Pool, hashes: Pick<KeyedHashes, 'limited'>): MakeLimiter =>
  (name, limit) => {
    const [stored, insurance] = [limiterOn(pool, name, limit), limiterInMemory(name, limit)];
    const insured = async <Result>(subject: string, count: (limiter: Limiter, key: string) => Promise<Result>) => {
      const key = hashes.limited(name, subject);
      try {
        return await count(stored, key);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailableError)) throw error;
        return count(insurance, key);
      }
    };
    return {
      points: limit.points,
      consume: (subject, points) => insured(subject, (limiter, key) => limiter.consume(key, points)),
      penalty: (subject, points) => insured(subject, (limiter, key) => limiter.penalty(key, points)),
      reward: (subject, points) => insured(subject, (limiter, key) => limiter.reward(key, points)),
      delete: (subject) => insured(subject, (limiter, key) => limiter.delete(key)),
    };
  };
