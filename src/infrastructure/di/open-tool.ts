import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { createLogger } from '../observability/logger.js';
import type { Tool } from '../../interfaces/cli/tool.js';
import { ToolError } from '../../interfaces/cli/tool.js';
import type { Config } from '../config.js';
import { logStats } from '../event-store/postgres/log-stats.js';
import { findEmbeddedUrl, startEmbeddedPostgres } from '../postgres/embedded/embedded-postgres.js';
import { pendingMigrations } from '../postgres/migrate.js';
import { createUserList } from '../read-models/postgres/user-list.js';
import { ReleaseStack } from '../release-stack.js';
import { isUsedIn, rotateMasterKey, RotationUnderWayError, usedMasterKeys } from '../security/rewrap-keys.js';
import { renewMasterKey } from '../security/secrets-file.js';
import { containerOf } from './container.js';
import { masterKeySource, openLog, openPool } from './open-stores.js';
import { createProjectionOperations } from './registered-projections.js';
import { TOKENS } from './tokens.js';

/** The tool's own answers are what is asked for; its log is for what goes wrong. */
const LOG_LEVEL = 'error';

/** The database of a server that runs, or of one that does not: then it is started for as long as this takes. */
export const databaseOf = async (config: Config, releases: ReleaseStack): Promise<string> => {
  const { DATABASE_URL, DATA_DIR } = config;
  if (DATABASE_URL !== undefined) return DATABASE_URL;
  if (!existsSync(join(DATA_DIR, 'postgres')))
    throw new ToolError(
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
    throw new ToolError(
      `the database is not up to date (${pending.join(', ')}): start this version of the server once`,
    );
};

/** Where the tool works: a database that is up to date. */
export const openDatabase = async (config: Config, releases: ReleaseStack): Promise<pg.Pool> => {
  const pool = openPool(await databaseOf(config, releases), { log: createLogger({ level: LOG_LEVEL }), releases });
  await requireUpToDate(pool);
  return pool;
};

/** Where the master key is kept in a file, a new one is made; where it comes from the environment, it is there already. */
const rotate = async (config: Config, pool: pg.Pool, onProgress: (done: number) => void) => {
  const renew = async () => renewMasterKey(config.DATA_DIR, isUsedIn(await usedMasterKeys(pool)));
  try {
    return await rotateMasterKey(pool, config.MASTER_KEY === undefined ? renew : masterKeySource(config), onProgress);
  } catch (error) {
    if (!(error instanceof RotationUnderWayError)) throw error;
    throw new ToolError(`${error.message}: nothing was changed, wait until it has ended`, { cause: error });
  }
};

/** Opens everything that the commands work with. What fails on the way releases what was there. */
export const openTool = async (config: Config): Promise<Tool> => {
  const log = createLogger({ level: LOG_LEVEL });
  const releases = new ReleaseStack((name, error) => log.error({ err: error, name }, 'could not be released'));
  try {
    const pool = await openDatabase(config, releases);
    const stores = { ...(await openLog(config, pool, { log, releases })), pool, log };
    const container = containerOf(config, stores);
    const identifiers = await container.getAsync(TOKENS.Identifiers);
    const clock = await container.getAsync(TOKENS.Clock);
    return {
      useCases: await container.getAsync(TOKENS.UseCases),
      users: createUserList(pool),
      lookup: await container.getAsync(TOKENS.UserLookup),
      newContext: () => {
        const commandId = identifiers.newCommandId();
        const ids = { commandId, correlationId: commandId, actor: null, sessionId: null };
        return { ...ids, now: clock(), address: 'chatapp', claim: null };
      },
      events: stores.events,
      logStats: () => logStats(pool),
      projections: createProjectionOperations(pool, stores.events),
      rotateMasterKey: (onProgress) => rotate(config, pool, onProgress),
      close: async () => {
        await releases.releaseAll();
      },
    };
  } catch (error) {
    await releases.releaseAll();
    throw error;
  }
};
