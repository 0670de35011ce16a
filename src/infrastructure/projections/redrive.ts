import type pg from 'pg';
import type { EventStore, RecordedEvent } from '../../application/ports/event-store.js';
import type { Redriven } from '../../application/ports/projection-operations.js';
import type { Projection } from '../../application/projections/projector.js';
import type { Position, StreamId } from '../../domain/kernel/ids.js';
import { PostgresProjectionStore } from './postgres-projection-store.js';
import { parkedEvents } from './projection-status.js';
import type { ReadModel } from './read-model.js';

export interface RedriveParts<Writers> {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
}

const UNPARK = 'delete from projections.parked where projection = $1 and position = $2';
const SAY_WHY = 'update projections.parked set reason = $3 where projection = $1 and position = $2';

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
  const apply = async (position: Position, streamId: StreamId, at: Position): Promise<void> => {
    try {
      const event = await eventAt(events, position);
      await store.apply({ events: [event], parked: [], from: at, to: at });
      await pool.query(UNPARK, [name, position]);
      applied += 1;
    } catch (error) {
      if (store.isTransient(error)) throw error;
      failed.add(streamId);
      await pool.query(SAY_WHY, [name, position, error instanceof Error ? error.message : String(error)]);
    }
  };
  try {
    const { position: at } = await store.seize();
    const parked = await parkedEvents(pool, name);
    for (const { position, streamId } of parked) if (!failed.has(streamId)) await apply(position, streamId, at);
    return { applied, stillParked: parked.length - applied };
  } finally {
    await store.release();
  }
};
