import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { hasReached } from '../../../domain/kernel/position.js';

/**
 * Says whether the events follow right on the position and on each other: they rise, and there are as many as
 * positions.
 */
export const isDense = (events: readonly RecordedEvent[], after: Position): boolean => {
  let last = after;
  for (const { position } of events) {
    if (hasReached(last, position)) return false;
    last = position;
  }
  return BigInt(last) - BigInt(after) === BigInt(events.length);
};

/** Answers the events after the position. */
export const behind = (events: readonly RecordedEvent[], after: Position): readonly RecordedEvent[] => {
  const first = events.findIndex(({ position }) => !hasReached(after, position));
  return first < 0 ? [] : events.slice(first);
};
