import type { Position } from '../../domain/kernel/ids.js';

/** Counts the events after one position, up to another, in a log whose positions count its events. */
export const countBetween = (after: Position, upTo: Position): number =>
  Math.max(0, Number(BigInt(upTo) - BigInt(after)));

/** Answers the position so many events behind another one, in a log whose positions count its events. */
export const positionBehind = (position: Position, events: number): Position =>
  String(BigInt(position) + BigInt(events)) as Position;

/** Answers the position so many events before another one, in a log whose positions count its events. */
export const positionBefore = (position: Position, events: number): Position => {
  const before = BigInt(position) - BigInt(events);
  return String(before > 0n ? before : 0n) as Position;
};
