import type pg from 'pg';
import type { Config } from '../config.js';
import { openMongo } from '../mongodb/open-mongo.js';
import { listeningPrograms } from '../projections/postgres/listening-programs.js';
import type { ReleaseStack } from '../release-stack.js';
import { messagesInMongoDb, messagesInPostgres, type MessageEngine } from './message-engine.js';

export interface EngineParts {
  readonly releases: ReleaseStack;
  /** Whether this program listens to the progress of projections, so that others know whether it is running. */
  readonly listens?: boolean;
}

/** Opens where the read models of messages are kept: in MongoDB, where a URL of one is set. */
export const openMessageEngine = async (
  { MONGODB_URL }: Pick<Config, 'MONGODB_URL'>,
  pool: pg.Pool,
  { releases, listens = false }: EngineParts,
): Promise<MessageEngine> => {
  if (MONGODB_URL === undefined) return messagesInPostgres(pool);
  const mongo = releases.own('MongoDB', await openMongo(MONGODB_URL), (it) => it.close());
  return messagesInMongoDb(mongo, pool, listens ? listeningPrograms(pool) : undefined);
};
