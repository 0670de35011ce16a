import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import { handledTypes, type Projection } from '../../application/projections/projector.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import { beginGeneration, checkpointOf, dropGeneration, isOutdated, verifySchema } from './postgres/generations.js';
import { PostgresProjectionStore } from './postgres/postgres-projection-store.js';
import { parkedEvents } from './postgres/projection-status.js';
import type { ReadModel } from './postgres/read-model.js';
import { inTurn } from './rebuild.js';

/** So near, catching up takes a moment: the projection can be held where it is meanwhile. */
const NEAR_EVENTS = 1_000n;

const LOCK_CHECKPOINT = 'select position from projections.checkpoints where name = $1 for update';

export interface AnewParts<Writers> {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
  readonly onEvents: (position: Position, events: number) => void;
}

/** Tables made anew from the log, up to wherever they are asked to. */
export class TablesAnew<Writers> {
  readonly #parts: AnewParts<Writers>;
  readonly schema: string;
  readonly #store: PostgresProjectionStore<Writers>;
  #position = LOG_START;

  constructor(parts: AnewParts<Writers>, schema: string) {
    const { pool, projection, readModel } = parts;
    this.#parts = parts;
    this.schema = schema;
    this.#store = new PostgresProjectionStore({ config: pool.options, projection, readModel, schema });
  }

  get position(): Position {
    return this.#position;
  }

  async fillUpTo(to: Position): Promise<void> {
    if (hasReached(this.#position, to)) return;
    const { events, projection, pool, onEvents } = this.#parts;
    const parked = new Set((await parkedEvents(pool, projection.name)).map(({ position }) => position));
    const reached = new AbortController();
    const filter = { types: handledTypes(projection) };
    for await (const batch of events.subscribe({ after: this.#position, filter, signal: reached.signal })) {
      const wanted = batch.events.filter(({ position }) => hasReached(to, position) && !parked.has(position));
      const position = hasReached(batch.position, to) ? to : batch.position;
      await this.#store.acquire();
      await this.#store.apply({ events: wanted, parked: [], from: this.#position, to: position });
      this.#position = position;
      onEvents(position, wanted.length);
      if (position === to) reached.abort();
    }
  }

  /** Brings them to the projection's own checkpoint, and holds the projection there while the work is done, in one transaction. */
  async heldAtCheckpoint<Result>(work: (holding: pg.ClientBase) => Promise<Result>): Promise<Result> {
    const { pool, projection } = this.#parts;
    const { name } = projection;
    for (let to = await checkpointOf(pool, name); ; to = await checkpointOf(pool, name)) {
      if (BigInt(to) - BigInt(this.#position) <= NEAR_EVENTS) break;
      await this.fillUpTo(to);
    }
    const holding = await pool.connect();
    try {
      await holding.query('begin');
      const { rows } = await holding.query<{ position: Position }>(LOCK_CHECKPOINT, [name]);
      await this.fillUpTo(rows[0]?.position ?? LOG_START);
      const result = await work(holding);
      await holding.query('commit');
      return result;
    } finally {
      // With the connection goes its lock, whatever happened.
      holding.release(true);
    }
  }

  close(): Promise<void> {
    return this.#store.release();
  }
}

/** Makes tables anew in a schema of their own for as long as the work lasts. */
export const withTablesAnew = async <Writers, Result>(
  parts: AnewParts<Writers>,
  work: (anew: TablesAnew<Writers>) => Promise<Result>,
): Promise<Result> => {
  const { pool, projection, readModel } = parts;
  const { name } = projection;
  if (await isOutdated(pool, projection))
    throw new Error(`the tables of ${name} are of another version: start this version of the server once`);
  const schema = verifySchema(name);
  return inTurn(pool, schema, new AbortController().signal, async (client) => {
    await beginGeneration(client, schema, projection, readModel);
    const anew = new TablesAnew(parts, schema);
    try {
      return await work(anew);
    } finally {
      await anew.close();
      await dropGeneration(client, schema);
    }
  });
};
