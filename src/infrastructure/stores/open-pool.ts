import type pg from 'pg';
import type { Logger } from 'pino';
import { createPool } from '../postgres/pool.js';
import type { ReleaseStack } from '../release-stack.js';

const POOL_SIZE = 20;

export interface PoolParts {
  readonly log: Logger;
  readonly releases: ReleaseStack;
  /** Says whether a server is starting: its questions wait for a connection, and it does not end where all are taken for a while. */
  readonly isStarting?: () => boolean;
}

/** Says once that questions wait. */
const waiting = ({ log, isStarting = () => false }: PoolParts): (() => boolean) => {
  let isSaid = false;
  return () => {
    if (!isStarting()) return false;
    if (!isSaid) log.warn({}, 'all connections to the database are taken, the start waits for one');
    isSaid = true;
    return true;
  };
};

/** Opens connections to a database, until they are released. */
export const openPool = (url: string, parts: PoolParts): pg.Pool => {
  const { log, releases } = parts;
  const onIdleError = (error: Error) => log.warn({ err: error }, 'idle database connection lost');
  const pool = createPool({ url, max: POOL_SIZE, name: 'chatapp', onIdleError, mayWait: waiting(parts) });
  return releases.own('database pool', pool, (it) => it.end());
};
