import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerModule } from 'inversify';
import type pg from 'pg';
import { proofUseCases, type ProofPorts } from '../../application/audit/proof-use-cases.js';
import { formerLogsIn } from '../audit/former-log.js';
import { createLogTree } from '../audit/postgres-log-tree.js';
import { sha256 } from '../audit/sha256.js';
import type { StoredLog } from '../event-store/stored-log.js';
import { bindFromPorts } from './bind-from-ports.js';
import { TOKENS } from './tokens.js';

type Given = Pick<ProofPorts, 'checkpoints' | 'tree'> & { readonly log: StoredLog; readonly pool: pg.Pool };

const proofsOf = ({ log, pool, ...ports }: Given) =>
  proofUseCases({
    ...ports,
    events: log,
    raw: log.raw,
    formerLogs: formerLogsIn(pool, ports.tree),
    sha256,
    now: Date.now,
    pause: (milliseconds) => sleep(milliseconds),
  });

/** Binds what proves the log. */
export const audit = new ContainerModule(({ bind }) => {
  bind(TOKENS.LogTree)
    .toResolvedValue((pool) => createLogTree(pool), [TOKENS.Pool])
    .inSingletonScope();
  bindFromPorts(bind, TOKENS.ProofUseCases, proofsOf, {
    checkpoints: TOKENS.Checkpoints,
    tree: TOKENS.LogTree,
    log: TOKENS.StoredLog,
    pool: TOKENS.Pool,
  });
});
