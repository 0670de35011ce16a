import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import type { TableComparison } from '../../application/ports/projection-operations.js';
import { handledTypes, type Projection } from '../../application/projections/projector.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import { untimed } from '../postgres/session.js';
import { compareTables } from './compare-tables.js';
import { beginGeneration, checkpointOf, dropGeneration, isOutdated } from './generations.js';
import { PostgresProjectionStore } from './postgres-projection-store.js';
import { parkedEvents } from './projection-status.js';
import type { ReadModel } from './read-model.js';
import { inTurn } from './rebuild.js';

/** So near, catching up takes a moment: the projection can be held where it is meanwhile. */
const NEAR_EVENTS = 1_000n;
/** A key that was destroyed while this reads makes the log poorer than the read model, until that has come as far. */
const LOOKS = 2;

const LOCK_CHECKPOINT = 'select position from projections.checkpoints where name = $1 for update';

export interface VerifyParts<Writers> {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
  readonly onEvents: (position: Position, events: number) => void;
  readonly onTable: (name: string) => void;
}

/** The checkpoint that was compared at, and what was found there. */
export interface Verified {
  readonly position: Position;
  readonly tables: readonly TableComparison[];
}

/** Tables made anew from the log, up to wherever they are asked to. */
class Anew<Writers> {
  readonly #parts: VerifyParts<Writers>;
  readonly #store: PostgresProjectionStore<Writers>;
  #position = LOG_START;

  constructor(parts: VerifyParts<Writers>, schema: string) {
    const { pool, projection, readModel } = parts;
    this.#parts = parts;
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

  close(): Promise<void> {
    return this.#store.release();
  }
}

/** Runs the work in a snapshot in which both are at the same position. The projection is held for that moment alone. */
const atSamePosition = async <Result, Writers>(
  { pool, projection: { name } }: VerifyParts<Writers>,
  anew: Anew<Writers>,
  work: (snapshot: pg.ClientBase) => Promise<Result>,
): Promise<Result> => {
  for (let to = await checkpointOf(pool, name); ; to = await checkpointOf(pool, name)) {
    const isNear = BigInt(to) - BigInt(anew.position) <= NEAR_EVENTS;
    if (isNear) break;
    await anew.fillUpTo(to);
  }
  const [holding, snapshot] = [await pool.connect(), await pool.connect()];
  try {
    await holding.query('begin');
    const { rows } = await holding.query<{ position: Position }>(LOCK_CHECKPOINT, [name]);
    await anew.fillUpTo(rows[0]?.position ?? LOG_START);
    await snapshot.query('begin isolation level repeatable read read only');
    await checkpointOf(snapshot, name); // the snapshot is taken with the first query
    await holding.query('rollback');
    const result = await untimed(snapshot, () => work(snapshot));
    await snapshot.query('rollback');
    return result;
  } finally {
    // With the connections go their locks, whatever happened.
    holding.release(true);
    snapshot.release(true);
  }
};

/**
 * Makes the tables anew from the log beside those in use, and compares them at the projection's own checkpoint, while
 * the service runs. A difference counts when it is still there at a second look.
 */
export const verifyProjection = async <Writers>(parts: VerifyParts<Writers>): Promise<Verified> => {
  const { pool, projection, readModel, onTable } = parts;
  const { name } = projection;
  if (await isOutdated(pool, projection))
    throw new Error(`the tables of ${name} are of another version: start this version of the server once`);
  const schema = `${name}_verify`;
  let verified: Verified = { position: LOG_START, tables: [] };
  await inTurn(pool, schema, async (client) => {
    await beginGeneration(client, schema, projection, readModel);
    const anew = new Anew(parts, schema);
    try {
      for (let look = 0, differs = true; look < LOOKS && differs; look += 1) {
        const tables = await atSamePosition(parts, anew, (snapshot) =>
          compareTables({ client: snapshot, schemas: [name, schema], readModel }, onTable),
        );
        verified = { position: anew.position, tables };
        differs = tables.some(({ difference }) => difference !== null);
      }
    } finally {
      await anew.close();
      await dropGeneration(client, schema);
    }
  });
  return verified;
};
