import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import { handledTypes, type Projection } from '../../application/projections/projector.js';
import { runProjection, type ProjectionObserver } from '../../application/projections/runner.js';
import { beginRebuild, rebuildSchema, switchGeneration } from './generations.js';
import { PostgresProjectionStore } from './postgres-projection-store.js';
import type { ReadModel } from './read-model.js';

export interface RebuildParts<Writers> {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
  readonly observer: ProjectionObserver;
  /** Ends it before its time: the old generation then stays. */
  readonly signal: AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Fills a new generation beside the one in use, and switches to it when it has caught up. The service runs all the while. */
export const rebuildProjection = async <Writers>(parts: RebuildParts<Writers>): Promise<void> => {
  const { pool, events, projection, readModel, observer, signal, sleep } = parts;
  if (!projection.rebuildable) throw new Error(`projection ${projection.name} cannot be rebuilt`);
  const client = await pool.connect();
  try {
    await beginRebuild(client, projection, readModel);
    const schema = rebuildSchema(projection.name);
    let switched = false;
    while (!switched && !signal.aborted) {
      const store = new PostgresProjectionStore({ config: pool.options, projection, readModel, schema });
      const caughtUp = new AbortController();
      const ending = AbortSignal.any([signal, caughtUp.signal]);
      const stopAtEnd: ProjectionObserver = { ...observer, caughtUp: () => caughtUp.abort() };
      await runProjection({
        events,
        store,
        types: handledTypes(projection),
        observer: stopAtEnd,
        signal: ending,
        sleep,
      });
      if (!signal.aborted) switched = await switchGeneration(client, projection.name);
    }
  } finally {
    client.release();
  }
};
