import type pg from 'pg';
import type { Logger } from 'pino';
import { createPool } from '../postgres/pool.js';
import type { ReleaseStack } from '../release-stack.js';

const POOL_SIZE = 20;

export interface PoolParts {
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

/** Opens connections to a database, until they are released. */
export const openPool = (url: string, { log, releases }: PoolParts): pg.Pool => {
  const onIdleError = (error: Error) => log.warn({ err: error }, 'idle database connection lost');
  const pool = createPool({ url, max: POOL_SIZE, name: 'chatapp', onIdleError });
  return releases.own('database pool', pool, (it) => it.end());
};
