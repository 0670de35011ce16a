import type pg from 'pg';
import type { ComparedGeneration, FillUpTo } from '../../../application/ports/projection-generations.js';
import type { Projection } from '../../../application/projections/projector.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import { untimed } from '../../postgres/session.js';
import { compareTables } from './compare-tables.js';
import { beginGeneration, checkpointOf, dropGeneration, verifySchema } from './generations.js';
import { inTurn } from './in-turn.js';
import { PostgresProjectionStore } from './postgres-projection-store.js';
import type { ReadModel } from './read-model.js';

const LOCK_CHECKPOINT = 'select position from projections.checkpoints where name = $1 for update';

export interface GenerationParts<Writers> {
  readonly pool: pg.Pool;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
}

/** Holds the projection at its checkpoint while the other tables are brought there and the work is done, in one transaction. */
const heldAtCheckpoint = async <Result>(
  pool: pg.Pool,
  name: string,
  fillUpTo: FillUpTo,
  work: (holding: pg.ClientBase) => Promise<Result>,
): Promise<Result> => {
  const holding = await pool.connect();
  try {
    await holding.query('begin');
    const { rows } = await holding.query<{ position: Position }>(LOCK_CHECKPOINT, [name]);
    await fillUpTo(rows[0]?.position ?? LOG_START);
    const result = await work(holding);
    await holding.query('commit');
    return result;
  } finally {
    // The lock ends with the connection, whatever happened.
    holding.release(true);
  }
};

/** Compares the tables in use with those in a schema beside them, in one snapshot. */
export const compareWith =
  <Writers>(
    { pool, projection: { name }, readModel }: GenerationParts<Writers>,
    schema: string,
  ): ComparedGeneration['compare'] =>
  async (fillUpTo, onTable) => {
    const snapshot = await pool.connect();
    try {
      // Both are at the same position in it. The projection is held while it is taken alone.
      await heldAtCheckpoint(pool, name, fillUpTo, async () => {
        await snapshot.query('begin isolation level repeatable read read only');
        await checkpointOf(snapshot, name); // the snapshot is taken with the first query
      });
      return await untimed(snapshot, () =>
        compareTables({ client: snapshot, schemas: [name, schema], readModel }, onTable),
      );
    } finally {
      snapshot.release(true); // with the connection goes its transaction
    }
  };

const comparedGeneration = <Writers>(
  parts: GenerationParts<Writers>,
  store: PostgresProjectionStore<Writers>,
  schema: string,
): ComparedGeneration => ({
  store,
  compare: compareWith(parts, schema),
  repair: (fillUpTo) =>
    heldAtCheckpoint(parts.pool, parts.projection.name, fillUpTo, async (holding) => {
      let repaired = 0;
      for (const statement of parts.readModel.repair?.(schema) ?? [])
        repaired += (await holding.query(statement)).rowCount ?? 0;
      return repaired;
    }),
});

/** Makes tables in a schema of their own for as long as the work lasts. */
export const withComparedGeneration = async <Writers, Result>(
  parts: GenerationParts<Writers>,
  work: (comparison: ComparedGeneration) => Promise<Result>,
): Promise<Result> => {
  const { pool, projection, readModel } = parts;
  const schema = verifySchema(projection.name);
  return inTurn(pool, schema, new AbortController().signal, async (client) => {
    await beginGeneration(client, schema, projection, readModel);
    const store = new PostgresProjectionStore({ config: pool.options, projection, readModel, schema });
    try {
      return await work(comparedGeneration(parts, store, schema));
    } finally {
      try {
        await store.release();
      } finally {
        await dropGeneration(client, schema); // What it holds is personal, and nobody else would drop it.
      }
    }
  });
};
