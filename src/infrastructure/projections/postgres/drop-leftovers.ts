import type pg from 'pg';
import type { Leftovers } from '../../../application/ports/projection-generations.js';
import type { Projection } from '../../../application/projections/projector.js';
import { dropGeneration, findUnfinished, rebuildSchema, verifySchema } from './generations.js';
import { TRY_LOCK, UNLOCK } from './in-turn.js';

/** Drops the schema, unless a session that holds its lock is filling it. */
const dropUnlessLocked = async (client: pg.ClientBase, lock: string, schema: string): Promise<void> => {
  const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK, [lock]);
  if (!rows[0]?.locked) return;
  await dropGeneration(client, schema);
  await client.query(UNLOCK, [lock]);
};

/**
 * Drops what a killed rebuild or comparison has left of a projection: texts and names are in it, and no erasure reaches
 * them there. What a rebuild could go on with is kept, unless all is to go.
 */
export const dropLeftovers = async (
  pool: pg.Pool,
  projection: Pick<Projection<never>, 'name' | 'version'>,
  which: Leftovers,
): Promise<void> => {
  const { name } = projection;
  const client = await pool.connect();
  try {
    const isKept = which === 'useless' && (await findUnfinished(client, projection)) !== undefined;
    if (!isKept) await dropUnlessLocked(client, name, rebuildSchema(name));
    await dropUnlessLocked(client, verifySchema(name), verifySchema(name));
    client.release();
  } catch (error) {
    client.release(true); // the lock ends with the connection
    throw error;
  }
};
