import { utf8 } from './bytes.js';

/** SHA-256, given by who calls: the domain has no cryptography of its own. */
export type Sha256Of = (bytes: Uint8Array) => Uint8Array;

/** A node of the tree: the SHA-256 of a leaf or of two nodes, 32 bytes. */
export type TreeHash = Uint8Array;

/** Leaves of the tree, counted from 0: those from `begin` on, `end` not included. */
export interface LeafRange {
  readonly begin: number;
  readonly end: number;
}

/** The root of 2^level leaves, the first of which is leaf index × 2^level. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** The byte that is hashed before a leaf. */
export const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;
const HASH_BYTES = 32;

/** Hashes the bytes of a leaf (RFC 6962, section 2.1). */
export const hashLeaf = (sha256: Sha256Of, leaf: Uint8Array): TreeHash => {
  const bytes = new Uint8Array(1 + leaf.length);
  bytes[0] = LEAF_PREFIX;
  bytes.set(leaf, 1);
  return sha256(bytes);
};

/** Two nodes are put here to be hashed, behind the byte that tells them from a leaf. */
const PAIR = Uint8Array.of(NODE_PREFIX, ...new Uint8Array(2 * HASH_BYTES));

/** Hashes two nodes to the one above them (RFC 6962, section 2.1). */
export const hashChildren = (sha256: Sha256Of, left: TreeHash, right: TreeHash): TreeHash => {
  PAIR.fill(0, 1); // what a proof of others holds may be shorter
  PAIR.set(left, 1);
  PAIR.set(right, 1 + HASH_BYTES);
  return sha256(PAIR);
};

/** Hashes neighbouring nodes, which stand one after another, to those above them, as many as there is room for. */
export const hashPairs = (sha256: Sha256Of, nodes: Uint8Array, above: Uint8Array): void => {
  for (let at = 0; at < above.length; at += HASH_BYTES) {
    PAIR.set(nodes.subarray(2 * at, 2 * (at + HASH_BYTES)), 1);
    above.set(sha256(PAIR), at);
  }
};

/** Answers the root of a tree without leaves. */
export const emptyRoot = (sha256: Sha256Of): TreeHash => sha256(utf8(''));

/** Answers the largest power of two that is smaller than a count of at least 2: there a tree is divided. */
export const splitOf = (count: number): number => {
  let split = 1;
  while (2 * split < count) split *= 2;
  return split;
};

/** Answers the fewest whole subtrees that make up a range, from left to right. */
export const subtreesOf = ({ begin, end }: LeafRange): TreeNode[] => {
  const subtrees: TreeNode[] = [];
  for (let at = begin; at < end;) {
    let [level, size] = [0, 1];
    while (at % (2 * size) === 0 && at + 2 * size <= end) {
      level += 1;
      size *= 2;
    }
    subtrees.push({ level, index: at / size });
    at += size;
  }
  return subtrees;
};

/**
 * Answers the root of a range from the roots of its subtrees, as `subtreesOf` lists them. It holds for the ranges of which
 * proofs are made: a range that begins where a subtree of its size would. Raises `RangeError` without any.
 */
export const foldSubtrees = (sha256: Sha256Of, roots: readonly TreeHash[]): TreeHash => {
  const last = roots.at(-1);
  if (last === undefined) throw new RangeError('a range without leaves has no root');
  return roots.slice(0, -1).reduceRight((right, left) => hashChildren(sha256, left, right), last);
};
