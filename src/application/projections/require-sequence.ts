import type { Position } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import type { EventBatch } from '../ports/event-store.js';
import { BrokenSequenceError } from '../ports/projection-store.js';

/** Refuses a batch that does not follow on the position that was reached, or whose events are not in the order of the log. */
export const requireSequence = ({ after, events, position }: EventBatch, reached: Position): void => {
  if (after !== reached)
    throw new BrokenSequenceError(`a batch begins behind position ${after}, but ${reached} was reached`);
  let last = after;
  for (const event of events) {
    if (hasReached(last, event.position))
      throw new BrokenSequenceError(`the event at position ${event.position} came behind the one at ${last}`);
    last = event.position;
  }
  if (!hasReached(position, last))
    throw new BrokenSequenceError(`a batch up to position ${position} holds the event at ${last}`);
};
