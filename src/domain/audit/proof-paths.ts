import { splitOf, type LeafRange } from './merkle-tree.js';

const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

interface Descent {
  /** What was passed by, from the child of the root down. */
  readonly siblings: readonly LeafRange[];
  /** Where the descent ended. */
  readonly range: LeafRange;
}

/** Goes down from the root of a tree, left where the leaf of a number is, until it has come to the end that is asked for. */
const descend = (size: number, leaf: number, isThere: (range: LeafRange) => boolean): Descent => {
  const siblings: LeafRange[] = [];
  let range: LeafRange = { begin: 0, end: size };
  while (!isThere(range)) {
    const { begin, end } = range;
    const middle = begin + splitOf(end - begin);
    const [left, right] = [
      { begin, end: middle },
      { begin: middle, end },
    ];
    siblings.push(leaf < middle ? right : left);
    range = leaf < middle ? left : right;
  }
  return { siblings, range };
};

/**
 * Answers the ranges whose roots prove that a leaf is in the tree of a size (RFC 6962, section 2.1.1), from the leaf's
 * sibling to the child of the root. Raises `RangeError` where the tree has no such leaf.
 */
export const inclusionPath = (index: number, size: number): LeafRange[] => {
  if (!isIndex(index) || !isIndex(size) || index >= size) throw new RangeError(`no leaf ${index} is in ${size} leaves`);
  return [...descend(size, index, ({ begin, end }) => end - begin === 1).siblings].reverse();
};

/**
 * Answers the ranges whose roots prove that a tree grew out of a smaller one (RFC 6962, section 2.1.2). There are none where
 * the smaller is empty or where both are the same. Raises `RangeError` where the first is the larger one.
 */
export const consistencyPath = (from: number, to: number): LeafRange[] => {
  if (!isIndex(from) || !isIndex(to) || from > to) throw new RangeError(`${to} leaves do not grow out of ${from}`);
  if (from === 0 || from === to) return [];
  const { siblings, range } = descend(to, from - 1, ({ end }) => end === from);
  // The verifier knows the root of the smaller tree: it is left out where it is a whole subtree of the larger one.
  return [...siblings, ...(range.begin === 0 ? [] : [range])].reverse();
};
