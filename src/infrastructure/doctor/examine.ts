import type pg from 'pg';
import type { Finding } from '../../application/ports/finding.js';
import { loadConfig, type Config } from '../config.js';
import { createProjectionOperations } from '../projections/registered-projections.js';
import { blobPlaces } from '../media/blob-places.js';
import { createLogger } from '../observability/logger.js';
import { ReleaseStack } from '../release-stack.js';
import { openExistingDatabase } from '../stores/open-existing-database.js';
import type { MessageEngine } from '../stores/message-engine.js';
import { openMessageEngine } from '../stores/open-message-engine.js';
import { openLog, type OpenedLog } from '../stores/open-log.js';
import { createLogTree } from '../audit/postgres-log-tree.js';
import { createWitnessStates } from '../audit/witness-states.js';
import { checkAuditTree, checkWitnesses } from './audit-check.js';
import { checkClock, checkDatabase, checkLog } from './database-checks.js';
import { checkErasures } from './erasure-check.js';
import { checkDisk, checkMail, checkNode, checkSecrets } from './machine-checks.js';
import { checkMedia } from './media-check.js';
import { checkNats } from './nats-check.js';
import { finding, ok } from './outcome.js';
import { checkProjections, checkReadModels } from './projection-checks.js';

const SILENT = createLogger({ level: 'silent' });

interface Opened {
  pool?: pg.Pool;
  log?: OpenedLog;
  engine?: MessageEngine;
}

const examineReadModels = async (pool: pg.Pool, { log, engine }: Opened): Promise<readonly Finding[]> => {
  if (!engine) return [];
  const projections = await finding('projections', checkProjections(engine.statuses, log?.events));
  if (!log) return [projections];
  const operations = createProjectionOperations(pool, log.events, engine);
  return [projections, await finding('read models', checkReadModels(operations))];
};

/** Opens the database of this configuration, and what is in it, and examines both. */
const examineStores = async (config: Config, releases: ReleaseStack): Promise<readonly Finding[]> => {
  const opened: Opened = {};
  const findings = [
    await finding('database', async () => {
      opened.pool = await openExistingDatabase(config, releases);
      return checkDatabase(opened.pool)();
    }),
  ];
  const { pool } = opened;
  if (!pool) return findings;
  findings.push(
    await finding('clock', checkClock(pool)),
    await finding('log', async () => {
      opened.log = await openLog(config, pool, { log: SILENT, releases });
      return checkLog(pool, opened.log)();
    }),
    await finding('messages', async () => {
      opened.engine = await openMessageEngine(config, pool, { releases });
      return ok(`in ${opened.engine.server ?? 'the database'}`);
    }),
  );
  findings.push(...(await examineReadModels(pool, opened)));
  findings.push(
    await finding('media', checkMedia(pool, config, opened.engine && blobPlaces(config, opened.engine.mongo))),
    await finding('audit tree', checkAuditTree(createLogTree(pool), opened.log?.events)),
    await finding('audit witnesses', checkWitnesses(createWitnessStates(pool))),
    await finding('erasures', checkErasures(pool, opened.log?.events.raw)),
  );
  return findings;
};

/** Examines everything that a server needs. */
export const examine = async (env: Readonly<Record<string, string | undefined>>): Promise<readonly Finding[]> => {
  const releases = new ReleaseStack((name, error) => SILENT.error({ err: error, name }, 'could not be released'));
  const held: { config?: Config } = {};
  const findings = [
    await finding('Node', checkNode),
    await finding('configuration', async () => {
      held.config = loadConfig(env);
      return ok(`${held.config.NODE_ENV}, ${held.config.DATABASE_URL === undefined ? 'embedded' : 'by URL'}`);
    }),
  ];
  const { config } = held;
  if (!config) return findings;
  findings.push(
    await finding('secrets', checkSecrets(config)),
    await finding('disk', checkDisk(config)),
    await finding('mail', checkMail(config)),
  );
  if (config.NATS_URL !== undefined) findings.push(await finding('signals', checkNats(config.NATS_URL, config)));
  try {
    return [...findings, ...(await examineStores(config, releases))];
  } finally {
    await releases.releaseAll();
  }
};
