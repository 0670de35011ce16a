import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerModule } from 'inversify';
import type pg from 'pg';
import type { Logger } from 'pino';
import { maintenanceUseCases, type MaintenancePorts } from '../../application/maintenance/use-cases.js';
import type { StoredLog } from '../event-store/stored-log.js';
import { maintenanceTurnsIn } from '../maintenance/postgres-turns.js';
import { createProjectionOperations } from '../projections/registered-projections.js';
import type { MessageEngine } from '../stores/message-engine.js';
import { bindFromPorts } from './bind-from-ports.js';
import { TOKENS } from './tokens.js';

type Given = Omit<MaintenancePorts, 'turns' | 'operations' | 'sleep' | 'onFailed'> & {
  readonly pool: pg.Pool;
  readonly log: StoredLog;
  readonly engine: MessageEngine;
  readonly logger: Logger;
};

const maintenanceOf = ({ pool, log, engine, logger, ...ports }: Given) =>
  maintenanceUseCases({
    ...ports,
    turns: maintenanceTurnsIn(pool),
    operations: createProjectionOperations(pool, log, engine),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined), // the signal ends it
    onFailed: ({ projection, kind, maintenanceId }, error) =>
      logger.error({ err: error, projection, kind, maintenanceId }, 'maintenance of a projection failed'),
  });

/** Binds what operators do with projections. */
export const maintenance = new ContainerModule(({ bind }) => {
  bindFromPorts(bind, TOKENS.MaintenanceUseCases, maintenanceOf, {
    transact: TOKENS.Transact,
    store: TOKENS.EventStore,
    identifiers: TOKENS.Identifiers,
    clock: TOKENS.Clock,
    requireRole: TOKENS.RequireRole,
    stopping: TOKENS.Stopping,
    pool: TOKENS.Pool,
    log: TOKENS.StoredLog,
    engine: TOKENS.MessageEngine,
    logger: TOKENS.Log,
  });
});
