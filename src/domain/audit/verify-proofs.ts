import { equalBytes } from './bytes.js';
import { emptyRoot, hashChildren, type Sha256Of, type TreeHash } from './merkle-tree.js';

/** A proof does not prove what it is said to; the message says where it fails. */
export class ProofFault extends Error {
  override readonly name = 'ProofFault';
}

/** A tree of a size, by its root. */
export interface TreeHead {
  readonly size: number;
  readonly root: TreeHash;
}

export interface Inclusion {
  /** The number of the leaf, counted from 0. */
  readonly index: number;
  readonly leafHash: TreeHash;
  /** From the leaf's sibling to the child of the root. */
  readonly proof: readonly TreeHash[];
}

const HASH_BYTES = 32;

const requireHashes = (proof: readonly TreeHash[]): void => {
  if (proof.some(({ length }) => length !== HASH_BYTES)) throw new ProofFault('the proof holds what is no hash');
};

const requireSize = (size: number): void => {
  if (!Number.isSafeInteger(size) || size < 0) throw new ProofFault(`${size} is no size of a tree`);
};

const isOdd = (number: number): boolean => number % 2 === 1;
const half = (number: number): number => Math.floor(number / 2);

type Side = 'left' | 'right';

/**
 * Answers on which side of the path each hash of a proof stands (RFC 9162, sections 2.1.3.2 and 2.1.4.2): from a node up to
 * the root, where `last` is the last node of its level. Raises `ProofFault` where the proof has another length than the path.
 */
const sidesOf = (proof: readonly TreeHash[], path: { readonly node: number; readonly last: number }): Side[] => {
  let { node, last } = path;
  const sides = proof.map((): Side => {
    if (last === 0) throw new ProofFault('the proof is longer than the tree is high');
    const side = isOdd(node) || node === last ? 'left' : 'right';
    if (side === 'left') while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    [node, last] = [half(node), half(last)];
    return side;
  });
  if (last !== 0) throw new ProofFault('the proof is shorter than the tree is high');
  return sides;
};

/** Checks that a leaf is in a tree (RFC 9162, section 2.1.3.2). Raises `ProofFault` if that is not proven. */
export const verifyInclusion = (
  sha256: Sha256Of,
  { index, leafHash, proof }: Inclusion,
  { size, root }: TreeHead,
): void => {
  requireSize(size);
  requireHashes([leafHash, root, ...proof]);
  if (!Number.isSafeInteger(index) || index < 0) throw new ProofFault(`${index} is no number of a leaf`);
  if (index >= size) throw new ProofFault(`leaf ${index} is not in a tree of ${size}`);
  const sides = sidesOf(proof, { node: index, last: size - 1 });
  const proven = proof.reduce(
    (node, sibling, at) =>
      sides[at] === 'left' ? hashChildren(sha256, sibling, node) : hashChildren(sha256, node, sibling),
    leafHash,
  );
  if (!equalBytes(proven, root)) throw new ProofFault('the proof leads to another root than that of the tree');
};

const verifyTrivial = (sha256: Sha256Of, from: TreeHead, to: TreeHead, proof: readonly TreeHash[]): void => {
  if (proof.length > 0) throw new ProofFault('nothing is to be proven, and the proof is not empty');
  if (from.size === to.size && !equalBytes(from.root, to.root))
    throw new ProofFault('two trees of one size have different roots');
  if (from.size === 0 && !equalBytes(from.root, emptyRoot(sha256)))
    throw new ProofFault('the root of the empty tree is another one');
};

/** Answers the roots of both trees to which a proof leads. Raises `ProofFault`. */
const rootsOfConsistency = (
  sha256: Sha256Of,
  from: TreeHead,
  to: TreeHead,
  proof: readonly TreeHash[],
): readonly [TreeHash, TreeHash] => {
  let [node, last] = [from.size - 1, to.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  // A smaller tree that is one whole subtree is known to the verifier, and so not part of the proof.
  const [first, ...rest] = node === 0 ? [from.root, ...proof] : proof;
  if (first === undefined) throw new ProofFault('the proof is empty');
  const sides = sidesOf(rest, { node, last });
  let [older, newer] = [first, first];
  for (const [at, sibling] of rest.entries()) {
    const isLeft = sides[at] === 'left';
    if (isLeft) older = hashChildren(sha256, sibling, older);
    newer = isLeft ? hashChildren(sha256, sibling, newer) : hashChildren(sha256, newer, sibling);
  }
  return [older, newer];
};

/**
 * Checks that a tree only grew out of a smaller one (RFC 9162, section 2.1.4.2): its first leaves are those of the smaller
 * one. Raises `ProofFault` if that is not proven.
 */
export const verifyConsistency = (sha256: Sha256Of, from: TreeHead, to: TreeHead, proof: readonly TreeHash[]): void => {
  requireSize(from.size);
  requireSize(to.size);
  requireHashes([from.root, to.root, ...proof]);
  if (from.size > to.size) throw new ProofFault('the tree has become smaller');
  if (from.size === 0 || from.size === to.size) return verifyTrivial(sha256, from, to, proof);
  const [older, newer] = rootsOfConsistency(sha256, from, to, proof);
  if (!equalBytes(older, from.root)) throw new ProofFault('the proof leads to another root of the smaller tree');
  if (!equalBytes(newer, to.root)) throw new ProofFault('the proof leads to another root of the larger tree');
};
