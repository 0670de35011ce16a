import type { Position, StreamId } from '../../domain/kernel/ids.js';
import { findEventAt } from '../kernel/find-event-at.js';
import type { EventStore } from '../ports/event-store.js';
import type { ProjectionGenerations } from '../ports/projection-generations.js';
import type { Redriven } from '../ports/projection-operations.js';
import { LeaseLostError } from '../ports/projection-store.js';

export interface RedriveParts {
  readonly events: Pick<EventStore, 'readAll' | 'positionBefore'>;
  readonly generations: Pick<ProjectionGenerations, 'open' | 'parked'>;
  /** Ends it behind the event at which it is. Its reason is raised. */
  readonly signal?: AbortSignal;
}

/**
 * Applies the parked events again, in order. Takes the lease over: a node that works on the projection is refused its
 * next write, and goes on when this is done. What fails again stays parked, and what comes behind it in its stream.
 */
export const redriveProjection = async ({ events, generations, signal }: RedriveParts): Promise<Redriven> => {
  const store = generations.open();
  const failed = new Set<StreamId>();
  let applied = 0;
  const apply = async (position: Position, streamId: StreamId): Promise<void> => {
    try {
      const event = await findEventAt(events, position);
      if (!event) throw new Error(`there is no event at position ${position}`);
      await store.applyParked(event);
      applied += 1;
    } catch (error) {
      // The event is not to blame for these: it stays parked as it is.
      if (error instanceof LeaseLostError || store.isTransient(error)) throw error;
      failed.add(streamId);
      await store.keepParked(position, error instanceof Error ? error.message : String(error));
    }
  };
  try {
    await store.seize();
    const parked = await generations.parked();
    for (const { position, streamId } of parked) {
      signal?.throwIfAborted();
      if (!failed.has(streamId)) await apply(position, streamId);
    }
    return { applied, stillParked: parked.length - applied };
  } finally {
    await store.release();
  }
};
