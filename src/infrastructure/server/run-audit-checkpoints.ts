import { setTimeout as sleep } from 'node:timers/promises';
import { keepCheckpoints } from '../../application/audit/keep-checkpoints.js';
import { createLogTree, haltTree } from '../audit/postgres-log-tree.js';
import { sha256 } from '../audit/sha256.js';
import type { ServerParts } from './server-parts.js';

const NAME = 'audit checkpoints';

/** Signs the heads of the tree until it is released. */
export const runAuditCheckpoints = ({
  application,
  pool,
  config,
  consumers,
  log,
  releases,
}: Pick<ServerParts, 'application' | 'pool' | 'config' | 'consumers' | 'log' | 'releases'>): void => {
  const ending = new AbortController();
  const tree = createLogTree(pool);
  const work = keepCheckpoints({
    checkpoints: application.checkpoints,
    tree,
    sha256,
    everyEvents: config.AUDIT_CHECKPOINT_EVENTS,
    everySeconds: config.AUDIT_CHECKPOINT_SECONDS,
    now: Date.now,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined), // the signal ends it
    isHalted: async () => (await tree.halt()) !== undefined,
    onFault: async (reason) => {
      if (await haltTree(pool, reason))
        log.error(
          { code: 'audit_tree_halted', reason },
          'the audit tree does not fit what was signed: nothing is signed',
        );
    },
  });
  const running = consumers.run(NAME, ending.signal, work, { missed: 'the newest events are under no signed head' });
  releases.own(NAME, ending, async (it) => {
    it.abort();
    await running;
  });
};
