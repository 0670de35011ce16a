import type { Position } from './ids.js';

/** Before the first event of the log. */
export const LOG_START = '0' as Position;

/** Negative when `a` stands before `b`, 0 when they are the same place, positive otherwise. */
export const comparePositions = (a: Position, b: Position): number => {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** Whether `a` has come at least as far as `b`. */
export const hasReached = (a: Position, b: Position): boolean => comparePositions(a, b) >= 0;

/** The later of two positions. */
export const laterOf = (a: Position, b: Position): Position => (hasReached(a, b) ? a : b);
