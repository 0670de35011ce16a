import { equalBytes } from '../../domain/audit/bytes.js';
import { emptyRoot, type Sha256Of } from '../../domain/audit/merkle-tree.js';
import { edgeOf, rootOfEdge, widthOf } from '../../domain/audit/tiles.js';
import { hasReached } from '../../domain/kernel/position.js';
import type { RawEvent, RawLog } from '../ports/raw-log.js';
import type { HeldTree, LogTree } from '../ports/tree-store.js';
import { leafHashOf } from './leaf-of.js';
import { TreeFault } from './tree-fault.js';

interface Parts {
  readonly log: Pick<RawLog, 'readAll'>;
  readonly tree: Pick<LogTree, 'tiles'>;
  readonly sha256: Sha256Of;
}

const TILE_WIDTH = 256;
const HASH_BYTES = 32;
const NONE = new Uint8Array();

/** Answers the hash of a leaf as the tree has it. */
const storedLeafHash = async (tree: Parts['tree'], index: number): Promise<Uint8Array> => {
  const [hashes = NONE] = await tree.tiles([{ level: 0, index: Math.floor(index / TILE_WIDTH) }]);
  const at = (index % TILE_WIDTH) * HASH_BYTES;
  return hashes.subarray(at, at + HASH_BYTES);
};

const eventAt = async (log: Parts['log'], position: RawEvent['position']): Promise<RawEvent | undefined> => {
  for await (const event of log.readAll({ upTo: position, direction: 'backwards', limit: 1 }))
    return hasReached(event.position, position) ? event : undefined;
  return undefined;
};

const isWhole = ({ size, edge }: HeldTree): boolean => {
  const expected = edgeOf(size);
  return (
    edge.length === expected.length && expected.every(({ width }, level) => widthOf(edge[level] ?? NONE) === width)
  );
};

const rootOf = (sha256: Sha256Of, { size, edge }: HeldTree): Uint8Array =>
  size === 0 ? emptyRoot(sha256) : rootOfEdge(sha256, edge);

/**
 * Checks that a tree belongs to the log to whose events it is to be continued: its root is that of its tiles, and its last
 * leaf is the event that the log has there. Raises `TreeFault`. It does not look further back: that is for `audit verify`.
 */
export const checkHeldTree = async ({ log, tree, sha256 }: Parts, held: HeldTree): Promise<void> => {
  const { size, position, root } = held;
  if (!isWhole(held)) throw new TreeFault(`the last tiles of ${size} leaves are missing or too short`);
  if (!equalBytes(rootOf(sha256, held), root)) throw new TreeFault(`the tiles do not have the root of ${size} leaves`);
  if (size === 0) return;
  const event = await eventAt(log, position);
  if (!event) throw new TreeFault(`the event at position ${position}, the last one in the tree, is not in the log`);
  const [stored, own] = [await storedLeafHash(tree, size - 1), leafHashOf(sha256, event)];
  if (!equalBytes(stored, own)) throw new TreeFault(`the event at position ${position} is not the one in the tree`);
};
