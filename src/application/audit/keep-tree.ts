import type { Consumer } from '../consumers/consumer.js';
import type { Work } from '../consumers/consumers.js';
import type { Sha256Of, TreeHash } from '../../domain/audit/merkle-tree.js';
import { growTree, rootOfEdge } from '../../domain/audit/tiles.js';
import { hasReached } from '../../domain/kernel/position.js';
import type { RawBatch, RawEvent, RawLog } from '../ports/raw-log.js';
import { isHalt, TreeLostError, type HeldTree, type LogTree, type TreeStore } from '../ports/tree-store.js';
import { checkHeldTree } from './check-held-tree.js';
import { leafHashOf } from './leaf-of.js';
import { TreeFault } from './tree-fault.js';

/** How long a node waits that has not the tree, or finds it halted, before it looks again. */
const LOOK_AGAIN_MS = 1_000;
/**
 * The pause when the end of the log was reached: the last tile is written anew with each addition, so that many events at a
 * time cost little more than one.
 */
const GATHER_MS = 200;
/** So many events are hashed before others have their turn. */
const HASHED_AT_ONCE = 50;

export interface KeepTreeParts {
  readonly log: RawLog;
  readonly store: TreeStore;
  readonly tree: Pick<LogTree, 'tiles' | 'head'>;
  readonly sha256: Sha256Of;
  /** Called after each addition, by the node that has made it. */
  readonly onGrown: (size: number) => void;
  /** Called once with what has halted the tree. */
  readonly onHalted: (reason: string) => void;
  /** Resolves after the time, or at once when the signal is given. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Lets others have their turn. */
  readonly nextTurn: () => Promise<unknown>;
}

const requireOrder = (events: readonly RawEvent[], last: HeldTree['position']): void => {
  let before = last;
  for (const { position } of events) {
    if (hasReached(before, position)) throw new TreeFault(`position ${position} comes behind ${before} in the log`);
    before = position;
  }
};

/** Keeps the tree of one acquisition. */
class Growing {
  readonly #parts: KeepTreeParts;
  #held: HeldTree;

  constructor(parts: KeepTreeParts, held: HeldTree) {
    this.#parts = parts;
    this.#held = held;
  }

  async #hash(events: readonly RawEvent[]): Promise<TreeHash[]> {
    const { sha256, nextTurn } = this.#parts;
    const hashes: TreeHash[] = [];
    for (const event of events) {
      hashes.push(leafHashOf(sha256, event));
      if (hashes.length % HASHED_AT_ONCE === 0) await nextTurn();
    }
    return hashes;
  }

  async take({ events }: RawBatch): Promise<void> {
    const { store, sha256, onGrown } = this.#parts;
    const { size: from, edge: before, position } = this.#held;
    const last = events.at(-1);
    if (!last) return store.renew();
    requireOrder(events, position);
    const { size, edge, tiles } = growTree(sha256, from, before, await this.#hash(events));
    const head = { size, position: last.position, root: rootOfEdge(sha256, edge) };
    await store.add({ from, head, tiles, positions: events.map((event) => event.position) });
    this.#held = { ...head, edge };
    onGrown(size);
  }
}

const grow = async (parts: KeepTreeParts, held: HeldTree, consumer: Consumer, signal: AbortSignal): Promise<void> => {
  await checkHeldTree(parts, held);
  const growing = new Growing(parts, held);
  parts.onGrown(held.size);
  for await (const batch of parts.log.subscribe({ after: held.position, signal })) {
    await growing.take(batch);
    consumer.reached(batch.position);
    if (batch.caughtUp && batch.events.length > 0) await parts.sleep(GATHER_MS, signal);
  }
};

/** Grows the tree as long as this node has it. A fault is written down, and no node goes on. */
const growOrHalt = async (...[parts, held, consumer, signal]: Parameters<typeof grow>): Promise<void> => {
  try {
    await grow(parts, held, consumer, signal);
  } catch (error) {
    if (error instanceof TreeLostError) return;
    if (!(error instanceof TreeFault)) throw error;
    // A node that has lost the tree may have compared what another one has changed since: that one would find a fault, too.
    if (await parts.store.halt(error.message)) parts.onHalted(error.message);
  }
};

/**
 * Puts every event of the log under the tree, in order, until the signal. It never leaves one out: what does not fit halts it
 * for all nodes, until somebody has looked at it.
 */
export const keepTree =
  (parts: KeepTreeParts): Work =>
  async (consumer, signal) => {
    const { store, tree, sleep } = parts;
    try {
      while (!signal.aborted) {
        const held = await store.acquire();
        if (held && !isHalt(held)) await growOrHalt(parts, held, consumer, signal);
        else consumer.reached((await tree.head()).position);
        await sleep(LOOK_AGAIN_MS, signal);
      }
    } finally {
      await store.release().catch(() => undefined); // it ends by its time where the database is away
    }
  };
