import type { Tool } from '../../interfaces/cli/tool.js';
import type { Config } from '../config.js';
import { createApplication } from '../di/create-application.js';
import { createProjectionOperations } from '../projections/registered-projections.js';
import { countedLogStats } from '../event-store/counted-log-stats.js';
import { logStats } from '../event-store/postgres/log-stats.js';
import { limiterInMemory } from '../limits/limiters.js';
import { createLogger } from '../observability/logger.js';
import { createUserList } from '../read-models/postgres/user-list.js';
import { ReleaseStack } from '../release-stack.js';
import { openExistingDatabase } from '../stores/open-existing-database.js';
import { openMessageEngine } from '../stores/open-message-engine.js';
import { openLog } from '../stores/open-log.js';
import { openAuditTool } from './audit-tool.js';
import { toolOperator } from './tool-operator.js';
import { writeNewFile } from './write-new-file.js';
import { rotateMasterKey } from './rotate-master-key.js';

/** The answers of the tool are printed; its log is for failures. */
const LOG_LEVEL = 'error';

/** Opens everything that the commands work with. Where it fails, it releases what it has opened. */
export const openTool = async (config: Config): Promise<Tool> => {
  const log = createLogger({ level: LOG_LEVEL });
  const releases = new ReleaseStack((name, error) => log.error({ err: error, name }, 'could not be released'));
  try {
    const pool = await openExistingDatabase(config, releases);
    const engine = await openMessageEngine(config, pool, { releases });
    const opened = { ...(await openLog(config, pool, { log, releases })), pool, engine, log };
    const { useCases, lookup, identifiers, clock } = await createApplication(config, {
      ...opened,
      limiters: () => limiterInMemory, // Whoever runs the tool is nobody to be limited.
    });
    return {
      useCases,
      users: createUserList(pool),
      lookup,
      newContext: () => {
        const commandId = identifiers.newCommandId();
        const ids = { commandId, correlationId: commandId, causationId: commandId };
        const nobody = { actor: null, sessionId: null, address: 'chatapp', claim: null };
        return { ...ids, ...nobody, now: clock(), operator: toolOperator() };
      },
      events: opened.events,
      logStats: () => (config.KURRENTDB_URL === undefined ? logStats(pool) : countedLogStats(opened.events.raw)),
      projections: createProjectionOperations(pool, opened.events, engine),
      rotateMasterKey: (onProgress) => rotateMasterKey(config, pool, onProgress),
      audit: openAuditTool(opened),
      writeNewFile,
      close: async () => {
        await releases.releaseAll();
      },
    };
  } catch (error) {
    await releases.releaseAll();
    throw error;
  }
};
