import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from '../config.js';
import { createLogger } from '../observability/logger.js';
import { findEmbeddedUrl, startEmbeddedPostgres } from '../postgres/embedded/embedded-postgres.js';
import { pendingMigrations } from '../postgres/migrate.js';
import type { ReleaseStack } from '../release-stack.js';
import { openPool } from './open-pool.js';

/** There is no database yet, or it belongs to another version; the message says what to do. */
class DatabaseNotReadyError extends Error {
  override readonly name = 'DatabaseNotReadyError';
}

/** What is logged beside the answer of a command: only failures. */
const LOG_LEVEL = 'error';

/** Finds the database of a running server; where none runs, starts the embedded one until it is released. */
export const existingDatabaseUrl = async (config: Config, releases: ReleaseStack): Promise<string> => {
  const { DATABASE_URL, DATA_DIR } = config;
  if (DATABASE_URL !== undefined) return DATABASE_URL;
  if (!existsSync(join(DATA_DIR, 'postgres')))
    throw new DatabaseNotReadyError(
      `there is no database under ${DATA_DIR}: start the server once, or set DATABASE_URL or DATA_DIR`,
    );
  const found = await findEmbeddedUrl(DATA_DIR);
  if (found !== undefined) return found;
  const embedded = await startEmbeddedPostgres(DATA_DIR, createLogger({ level: LOG_LEVEL }));
  return releases.own('embedded PostgreSQL', embedded, (it) => it.stop()).url;
};

const requireUpToDate = async (pool: pg.Pool): Promise<void> => {
  const pending = await pendingMigrations(pool);
  if (pending.length > 0)
    throw new DatabaseNotReadyError(
      `the database is not up to date (${pending.join(', ')}): start this version of the server once`,
    );
};

/** Opens a database that a server has made and brought up to date. */
export const openExistingDatabase = async (config: Config, releases: ReleaseStack): Promise<pg.Pool> => {
  const url = await existingDatabaseUrl(config, releases);
  const pool = openPool(url, { log: createLogger({ level: LOG_LEVEL }), releases });
  await requireUpToDate(pool);
  return pool;
};
