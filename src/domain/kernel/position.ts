import type { Position } from './ids.js';

/** The position before the first event of the log. */
export const LOG_START = '0' as Position;

/** Answers a negative number when `a` comes before `b`, 0 when they are equal, a positive number otherwise. */
export const comparePositions = (a: Position, b: Position): number => {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** Says whether `a` is `b` or comes after it. */
export const hasReached = (a: Position, b: Position): boolean => comparePositions(a, b) >= 0;

/** The later of two positions. */
export const laterOf = (a: Position, b: Position): Position => (hasReached(a, b) ? a : b);
