import type { Position } from '../../domain/kernel/ids.js';
import { comparePositions, LOG_START } from '../../domain/kernel/position.js';
import type { RawLog } from '../ports/raw-log.js';
import type { LogTree } from '../ports/tree-store.js';
import type { BundleEntry } from './bundle-files.js';

/** The leaves of a range of positions, and how many the tree has. */
interface LeavesOfRange {
  readonly begin: number;
  /** Not included. */
  readonly end: number;
  readonly size: number;
}

type Leaves = Pick<LogTree, 'positions'>;

/** Answers how many leaves of a tree of a size stand before a position; with `included`, at it or before it. */
const leavesBefore = async (tree: Leaves, size: number, position: Position, included: boolean): Promise<number> => {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [at] = await tree.positions(middle, middle + 1);
    const order = comparePositions(at ?? position, position);
    if (order < 0 || (included && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Finds the leaves of the events from one position to another, both included, in a tree of a size. */
export const leavesOfRange = async (
  tree: Leaves,
  size: number,
  { from, to }: { readonly from: Position; readonly to: Position },
): Promise<LeavesOfRange> => {
  const begin = await leavesBefore(tree, size, from, false);
  return { begin, end: Math.max(begin, await leavesBefore(tree, size, to, true)), size };
};

/** Answers the leaves that a bundle of the range shows: the range, and the one before and behind it where there are these. */
export const shownLeaves = ({ begin, end, size }: LeavesOfRange): number[] => {
  const first = Math.max(0, begin - 1);
  return Array.from({ length: Math.min(size, end + 1) - first }, (_, at) => first + at);
};

/** Reads the events of a range and those beside it as they are stored. */
export const entriesOfRange = (raw: Pick<RawLog, 'readAll'>, tree: Leaves, range: LeavesOfRange) =>
  async function* entries(): AsyncGenerator<BundleEntry> {
    const shown = shownLeaves(range);
    let index = shown[0] ?? 0;
    const [before] = index === 0 ? [] : await tree.positions(index - 1, index);
    for await (const event of raw.readAll({ after: before ?? LOG_START, limit: shown.length })) {
      yield { index, event, isEdge: index < range.begin || index >= range.end };
      index += 1;
    }
  };
