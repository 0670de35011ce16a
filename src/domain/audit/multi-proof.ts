import { hashChildren, splitOf, type LeafRange, type Sha256Of, type TreeHash } from './merkle-tree.js';
import { ProofFault } from './verify-proofs.js';

/** A leaf that is shown. */
interface ShownLeaf {
  readonly index: number;
  readonly hash: TreeHash;
}

interface Part extends LeafRange {
  /** The leaves of the part that are shown: from which one on, and up to which, which is not included. */
  readonly first: number;
  readonly last: number;
}

/** Divides a part of a tree where RFC 6962 divides it. */
const halvesOf = (indexes: readonly number[], { begin, end, first, last }: Part): readonly [Part, Part] => {
  const middle = begin + splitOf(end - begin);
  let [cut, above] = [first, last];
  while (cut < above) {
    const at = Math.floor((cut + above) / 2);
    if ((indexes[at] ?? 0) < middle) cut = at + 1;
    else above = at;
  }
  return [
    { begin, end: middle, first, last: cut },
    { begin: middle, end, first: cut, last },
  ];
};

const requireIndexes = (indexes: readonly number[], size: number): void => {
  const isWrong = indexes.some((index, at) => !Number.isSafeInteger(index) || index <= (indexes[at - 1] ?? -1));
  if (indexes.length === 0 || isWrong || (indexes.at(-1) ?? 0) >= size)
    throw new ProofFault('the leaves that are shown are not in the order of a tree of this size');
};

/**
 * Answers the largest ranges without a leaf that is shown, from left to right: their roots prove at once all leaves that are
 * shown. For n leaves of a tree of a size there are at most n × log2(size). Raises `ProofFault` where the indexes are not
 * ascending, or beyond the tree.
 */
export const hiddenRanges = (indexes: readonly number[], size: number): LeafRange[] => {
  requireIndexes(indexes, size);
  const hidden: LeafRange[] = [];
  const visit = (part: Part): void => {
    if (part.first === part.last) hidden.push({ begin: part.begin, end: part.end });
    else if (part.end - part.begin > 1) halvesOf(indexes, part).forEach(visit);
  };
  visit({ begin: 0, end: size, first: 0, last: indexes.length });
  return hidden;
};

/** Answers the root that the leaves and the roots of what is hidden lead to. Raises `ProofFault` where these are too many or too few. */
export const rootOfShown = (
  sha256: Sha256Of,
  size: number,
  shown: readonly ShownLeaf[],
  hidden: readonly TreeHash[],
): TreeHash => {
  const indexes = shown.map(({ index }) => index);
  requireIndexes(indexes, size);
  let used = 0;
  const rootOf = (part: Part): TreeHash => {
    if (part.first < part.last && part.end - part.begin === 1) return (shown[part.first] as ShownLeaf).hash;
    if (part.first < part.last) {
      const [left, right] = halvesOf(indexes, part);
      return hashChildren(sha256, rootOf(left), rootOf(right));
    }
    const hash = hidden[used++];
    if (hash === undefined) throw new ProofFault('the proof is too short');
    return hash;
  };
  const root = rootOf({ begin: 0, end: size, first: 0, last: shown.length });
  if (used !== hidden.length) throw new ProofFault('the proof is too long');
  return root;
};
