import type pg from 'pg';
import type { IsKept } from '../../../application/ports/projection-generations.js';
import type { Projection } from '../../../application/projections/projector.js';
import { dropGeneration, findUnfinished, rebuildSchema, verifySchema } from './generations.js';
import { TRY_LOCK, UNLOCK } from './in-turn.js';

/** Drops what is locked by this name, unless it is kept, or a session that holds the lock is filling it. Answers whether one is. */
const dropUnlessLocked = async (
  client: pg.ClientBase,
  lock: string,
  { schema, isKept }: { readonly schema: string; readonly isKept: () => Promise<boolean> },
): Promise<boolean> => {
  const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK, [lock]);
  if (!rows[0]?.locked) return true;
  if (!(await isKept())) await dropGeneration(client, schema);
  await client.query(UNLOCK, [lock]);
  return false;
};

/**
 * Drops what a killed rebuild or comparison has left of a projection: texts and names are in it, and no erasure reaches
 * them there. What a rebuild could go on with may be kept. Answers whether something is being filled.
 */
export const dropLeftovers = async (
  pool: pg.Pool,
  projection: Pick<Projection<never>, 'name' | 'version'>,
  isKept: IsKept,
): Promise<boolean> => {
  const { name } = projection;
  const client = await pool.connect();
  try {
    const isRebuilt = await dropUnlessLocked(client, name, {
      schema: rebuildSchema(name),
      isKept: async () => {
        const unfinished = await findUnfinished(client, projection);
        return unfinished !== undefined && isKept(unfinished);
      },
    });
    const schema = verifySchema(name);
    const isCompared = await dropUnlessLocked(client, schema, { schema, isKept: () => Promise.resolve(false) });
    client.release();
    return isRebuilt || isCompared;
  } catch (error) {
    client.release(true); // the lock ends with the connection
    throw error;
  }
};
