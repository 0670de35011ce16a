import {
  foldSubtrees,
  subtreesOf,
  type LeafRange,
  type Sha256Of,
  type TreeHash,
} from '../../domain/audit/merkle-tree.js';
import { consistencyPath, inclusionPath } from '../../domain/audit/proof-paths.js';
import { hiddenRanges } from '../../domain/audit/multi-proof.js';
import { nodeIn, placeOf, type TileId } from '../../domain/audit/tiles.js';
import type { LogTree } from '../ports/tree-store.js';

/** Where proofs are made from. */
export interface ProofParts {
  readonly tree: Pick<LogTree, 'tiles'>;
  readonly sha256: Sha256Of;
}

const nameOf = ({ level, index }: TileId): string => `${level}/${index}`;

/** Answers the roots of ranges from the tiles, which are asked for at once. */
const rootsOf = async ({ tree, sha256 }: ProofParts, ranges: readonly LeafRange[]): Promise<TreeHash[]> => {
  const subtrees = ranges.map(subtreesOf);
  const ids = new Map(subtrees.flat().map((node) => [nameOf(placeOf(node)), placeOf(node)]));
  const hashes = await tree.tiles([...ids.values()]);
  const tiles = new Map([...ids.keys()].map((name, at) => [name, hashes[at] ?? new Uint8Array()]));
  return subtrees.map((nodes) =>
    foldSubtrees(
      sha256,
      nodes.map((node) => nodeIn(sha256, node, tiles.get(nameOf(placeOf(node))) ?? new Uint8Array())),
    ),
  );
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
