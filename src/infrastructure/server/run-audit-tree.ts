import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { keepTree } from '../../application/audit/keep-tree.js';
import { createLogTree } from '../audit/postgres-log-tree.js';
import { PostgresTreeStore } from '../audit/postgres-tree-store.js';
import { sha256 } from '../audit/sha256.js';
import type { ServerParts } from './server-parts.js';

const NAME = 'audit tree';

/** Puts the log under its tree until it is released. */
export const runAuditTree = ({ pool, events, consumers, metrics, log, releases }: ServerParts): void => {
  const ending = new AbortController();
  const work = keepTree({
    log: events.raw,
    store: new PostgresTreeStore(pool),
    tree: createLogTree(pool),
    sha256,
    onGrown: (size) => metrics.auditTreeSize.set(size),
    onHalted: (reason) =>
      log.error({ code: 'audit_tree_halted', reason }, 'the audit tree does not fit the log: nothing is added to it'),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined), // the signal ends it
    nextTurn,
  });
  const running = consumers.run(NAME, ending.signal, work, { missed: 'nobody can prove the newest events yet' });
  releases.own(NAME, ending, async (it) => {
    it.abort();
    await running;
  });
};
