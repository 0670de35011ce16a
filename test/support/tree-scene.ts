import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { keepTree } from '../../src/application/audit/keep-tree.js';
import { Consumers } from '../../src/application/consumers/consumers.js';
import type { RawEvent, RawLog } from '../../src/application/ports/raw-log.js';
import type { LogTreeHead } from '../../src/application/ports/tree-store.js';
import { encodeLeaf } from '../../src/domain/audit/leaf.js';
import { createLogTree } from '../../src/infrastructure/audit/postgres-log-tree.js';
import { PostgresTreeStore } from '../../src/infrastructure/audit/postgres-tree-store.js';
import { sha256 } from '../../src/infrastructure/audit/sha256.js';
import { collect } from '../contracts/store-steps.js';
import { eventually } from './eventually.js';
import { MerkleLog } from './merkle-log.js';

/** A node that puts a log under the tree of a database. */
export interface TreeNode {
  /** What it has halted by. */
  readonly halts: string[];
  /** What it failed by, and was started again. */
  readonly failures: unknown[];
  stop(): Promise<void>;
}

export const startTreeNode = (pool: pg.Pool, log: RawLog): TreeNode => {
  const ending = new AbortController();
  const [halts, failures]: [string[], unknown[]] = [[], []];
  const pause = (milliseconds: number, signal: AbortSignal) =>
    sleep(Math.min(milliseconds, 20), undefined, { signal }).catch(() => undefined);
  const consumers = new Consumers({
    now: () => performance.now(),
    sleep: pause,
    onFailed: (_, error) => failures.push(error),
  });
  const work = keepTree({
    log,
    store: new PostgresTreeStore(pool),
    tree: createLogTree(pool),
    sha256,
    onGrown: () => undefined,
    onHalted: (reason) => halts.push(reason),
    sleep: pause,
    nextTurn,
  });
  const running = consumers.run('audit tree', ending.signal, work);
  return {
    halts,
    failures,
    stop: async () => {
      ending.abort();
      await running;
    },
  };
};

/** Waits until the tree has so many leaves. */
export const untilGrown = (pool: pg.Pool, size: number): Promise<LogTreeHead> =>
  eventually(
    () => createLogTree(pool).head(),
    (head) => head.size >= size,
  );

/** The leaves of a log, as an auditor makes them. */
const leavesOf = (events: readonly RawEvent[]): Uint8Array[] => events.map((event) => encodeLeaf(sha256, event));

/** The tree that a log must have, made in memory, at once. */
export const expectedTree = async (log: Pick<RawLog, 'readAll'>): Promise<MerkleLog> =>
  new MerkleLog().add(leavesOf(await collect(log.readAll())));
