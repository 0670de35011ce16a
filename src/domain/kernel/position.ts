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

/** The position before one, which the log need not have; the start of the log has none before it. */
export const justBefore = (position: Position): Position =>
  position === LOG_START ? LOG_START : (String(BigInt(position) - 1n) as Position);

/** The position that follows on one; the log need not have it. */
export const justBehind = (position: Position): Position => String(BigInt(position) + 1n) as Position;

/** The earlier of two positions. */
export const earlierOf = (a: Position, b: Position): Position => (hasReached(a, b) ? b : a);

/** The later of two positions. */
export const laterOf = (a: Position, b: Position): Position => (hasReached(a, b) ? a : b);
