import {
  foldSubtrees,
  subtreesOf,
  type LeafRange,
  type Sha256Of,
  type TreeHash,
  type TreeNode,
} from '../../domain/audit/merkle-tree.js';
import { consistencyPath, inclusionPath } from '../../domain/audit/proof-paths.js';
import { hiddenRanges } from '../../domain/audit/multi-proof.js';
import { grownTile, nodeInTile, placeOf, type GrownTile, type TileId } from '../../domain/audit/tiles.js';
import type { LogTree } from '../ports/tree-store.js';
import type { TileMemory } from './tile-memory.js';

/** Where proofs are made from. */
export interface ProofParts {
  readonly tree: Pick<LogTree, 'tiles'>;
  readonly sha256: Sha256Of;
  /** The tiles that are known already; without it all are asked for. */
  readonly memory?: TileMemory;
}

const nameOf = ({ level, index }: TileId): string => `${level}/${index}`;

/** Answers the tiles of nodes, by their names, that are in memory, and those that are not, or were too short when they were read. */
const remembered = (memory: TileMemory | undefined, nodes: readonly TreeNode[]) => {
  const tiles = new Map<string, GrownTile>();
  const missing = new Map<string, TileId>();
  for (const node of nodes) {
    const place = placeOf(node);
    const name = nameOf(place);
    const known = tiles.get(name) ?? memory?.get(name);
    if (known && nodeInTile(node, known)) tiles.set(name, known);
    else missing.set(name, place);
  }
  return { tiles, missing };
};

/** Answers the tiles of nodes by their names: what is not in memory is asked for at once. */
const tilesOf = async (
  { tree, sha256, memory }: ProofParts,
  nodes: readonly TreeNode[],
): Promise<ReadonlyMap<string, GrownTile>> => {
  const { tiles, missing } = remembered(memory, nodes);
  if (missing.size === 0) return tiles;
  const hashes = await tree.tiles([...missing.values()]);
  for (const [at, name] of [...missing.keys()].entries()) {
    const tile = grownTile(sha256, hashes[at] ?? new Uint8Array());
    memory?.set(name, tile);
    tiles.set(name, tile);
  }
  return tiles;
};

/** Answers the roots of ranges from the tiles. */
const rootsOf = async (parts: ProofParts, ranges: readonly LeafRange[]): Promise<TreeHash[]> => {
  const subtrees = ranges.map(subtreesOf);
  const tiles = await tilesOf(parts, subtrees.flat());
  const hashOf = (node: TreeNode): TreeHash => {
    const tile = tiles.get(nameOf(placeOf(node)));
    const hash = tile && nodeInTile(node, tile);
    if (!hash) throw new RangeError(`the tree has no node ${node.index} of level ${node.level}`);
    return hash;
  };
  return subtrees.map((nodes) => foldSubtrees(parts.sha256, nodes.map(hashOf)));
};

/** Answers the hash of a leaf, and the proof that it is in the tree of a size. Raises `RangeError` where that cannot be. */
export const proveLeaf = async (
  parts: ProofParts,
  index: number,
  size: number,
): Promise<{ readonly leafHash: TreeHash; readonly proof: TreeHash[] }> => {
  const path = inclusionPath(index, size);
  const [leafHash, ...proof] = await rootsOf(parts, [{ begin: index, end: index + 1 }, ...path]);
  return { leafHash: leafHash as TreeHash, proof };
};

/** Answers the proof that a leaf is in the tree of a size. Raises `RangeError` where that cannot be. */
export const proveInclusion = (parts: ProofParts, index: number, size: number): Promise<TreeHash[]> =>
  rootsOf(parts, inclusionPath(index, size));

/** Answers the proof that the tree of one size grew out of that of another. Raises `RangeError` where that cannot be. */
export const proveConsistency = (parts: ProofParts, from: number, to: number): Promise<TreeHash[]> =>
  rootsOf(parts, consistencyPath(from, to));

/** So many roots are asked for at a time: their tiles are in memory. */
const RANGES_AT_ONCE = 1_000;

/** Answers the roots of what is not shown of a tree of a size, beside the leaves with these numbers, which ascend. */
export const proveShown = async (parts: ProofParts, shown: readonly number[], size: number): Promise<TreeHash[]> => {
  const ranges = hiddenRanges(shown, size);
  const roots: TreeHash[] = [];
  for (let at = 0; at < ranges.length; at += RANGES_AT_ONCE)
    roots.push(...(await rootsOf(parts, ranges.slice(at, at + RANGES_AT_ONCE))));
  return roots;
};
