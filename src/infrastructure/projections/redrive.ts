import type pg from 'pg';
import type { EventStore, RecordedEvent } from '../../application/ports/event-store.js';
import type { Redriven } from '../../application/ports/projection-operations.js';
import { LeaseLostError } from '../../application/ports/projection-store.js';
import type { Projection } from '../../application/projections/projector.js';
import type { Position, StreamId } from '../../domain/kernel/ids.js';
import { PostgresProjectionStore } from './postgres/postgres-projection-store.js';
import { parkedEvents } from './postgres/projection-status.js';
import type { ReadModel } from './postgres/read-model.js';

export interface RedriveParts<Writers> {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
}

const eventAt = async (events: EventStore, position: Position): Promise<RecordedEvent> => {
  const before = String(BigInt(position) - 1n) as Position;
  for await (const event of events.readAll({ after: before, limit: 1 })) return event;
  throw new Error(`there is no event at position ${position}`);
};

/**
 * Applies the parked events again, in order. Takes the lease over: a node that works on the projection is refused its
 * next write, and goes on when this is done. What fails again stays parked, and what comes behind it in its stream.
 */
export const redriveProjection = async <Writers>(parts: RedriveParts<Writers>): Promise<Redriven> => {
  const { pool, events, projection, readModel } = parts;
  const { name } = projection;
  const store = new PostgresProjectionStore({ config: pool.options, projection, readModel, schema: name });
  const failed = new Set<StreamId>();
  let applied = 0;
  const apply = async (position: Position, streamId: StreamId): Promise<void> => {
    try {
      await store.applyParked(await eventAt(events, position));
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
    const parked = await parkedEvents(pool, name);
    for (const { position, streamId } of parked) if (!failed.has(streamId)) await apply(position, streamId);
    return { applied, stillParked: parked.length - applied };
  } finally {
    await store.release();
  }
};
