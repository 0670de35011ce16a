import type { Position } from '../../domain/kernel/ids.js';
import { comparePositions, laterOf } from '../../domain/kernel/position.js';
import type { EventStore } from '../ports/event-store.js';

/**
 * Answers how many events stand after each of these positions, up to the head of the log. What stands between two of them is
 * counted once: KurrentDB reads what it counts, and those who lag all lag at the same time.
 */
export const eventsBehind = async (
  events: Pick<EventStore, 'countBetween'>,
  positions: Iterable<Position>,
  head: Position,
): Promise<ReadonlyMap<Position, number>> => {
  const behind = new Map<Position, number>();
  let count = 0;
  let counted = head;
  for (const position of [...new Set(positions)].sort(comparePositions).reverse()) {
    count += await events.countBetween(position, counted);
    behind.set(position, count);
    if (laterOf(position, counted) === counted) counted = position;
  }
  return behind;
};
