import type pg from 'pg';
import type { TableComparison } from '../../application/ports/projection-operations.js';
import type { Position } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';
import { untimed } from '../postgres/session.js';
import { compareTables } from './postgres/compare-tables.js';
import { checkpointOf } from './postgres/generations.js';
import { withTablesAnew, type AnewParts, type TablesAnew } from './tables-anew.js';

/** A key that was destroyed while this reads makes the log poorer than the read model, until that has come as far. */
const LOOKS = 2;

export interface VerifyParts<Writers> extends AnewParts<Writers> {
  readonly onTable: (name: string) => void;
}

/** The checkpoint that was compared at, and what was found there. */
export interface Verified {
  readonly position: Position;
  readonly tables: readonly TableComparison[];
}

/** Runs the work in a snapshot in which both are at the same position. The projection is held while it is taken alone. */
const inSnapshot = async <Result, Writers>(
  { pool, projection: { name } }: VerifyParts<Writers>,
  anew: TablesAnew<Writers>,
  work: (snapshot: pg.ClientBase) => Promise<Result>,
): Promise<Result> => {
  const snapshot = await pool.connect();
  try {
    await anew.heldAtCheckpoint(async () => {
      await snapshot.query('begin isolation level repeatable read read only');
      await checkpointOf(snapshot, name); // the snapshot is taken with the first query
    });
    return await untimed(snapshot, () => work(snapshot));
  } finally {
    snapshot.release(true); // with the connection goes its transaction
  }
};

/**
 * Makes the tables anew from the log beside those in use, and compares them at the projection's own checkpoint, while
 * the service runs. A difference counts when it is still there at a second look.
 */
export const verifyProjection = <Writers>(parts: VerifyParts<Writers>): Promise<Verified> => {
  const { projection, readModel, onTable } = parts;
  return withTablesAnew(parts, async (anew) => {
    let verified: Verified = { position: LOG_START, tables: [] };
    for (let look = 0, differs = true; look < LOOKS && differs; look += 1) {
      const tables = await inSnapshot(parts, anew, (snapshot) =>
        compareTables({ client: snapshot, schemas: [projection.name, anew.schema], readModel }, onTable),
      );
      verified = { position: anew.position, tables };
      differs = tables.some(({ difference }) => difference !== null);
    }
    return verified;
  });
};
