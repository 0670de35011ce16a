import type { Position } from '../../domain/kernel/ids.js';
import { UndecodableEventError, type EventStore } from '../ports/event-store.js';
import { ERASURES } from '../reactors/erasures.js';
import type { RegisteredProjection } from './registered-projection.js';

/** Says whether no user was erased behind a position. One whose erasure cannot be decoded is erased all the same. */
const isBeforeNoErasure = async (events: Pick<EventStore, 'readAll'>, position: Position): Promise<boolean> => {
  try {
    for await (const _ of events.readAll({ after: position, filter: { types: ERASURES }, limit: 1 })) return false;
    return true;
  } catch (error) {
    if (error instanceof UndecodableEventError) return false;
    throw error;
  }
};

/**
 * Throws away what rebuilds and comparisons have left of a projection. What a rebuild can go on with is kept as long as it
 * holds nothing of users who were erased since: no erasure comes to what nobody fills. Answers whether a node is filling
 * something, which may be left the same way.
 */
export const dropLeftovers = (
  events: Pick<EventStore, 'readAll'>,
  { generations }: Pick<RegisteredProjection, 'generations'>,
): Promise<boolean> => generations.dropLeftovers((position) => isBeforeNoErasure(events, position));
