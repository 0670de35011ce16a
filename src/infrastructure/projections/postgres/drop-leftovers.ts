import type pg from 'pg';
import { dropGeneration, rebuildSchema, verifySchema } from './generations.js';
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
 * them there.
 */
export const dropLeftovers = async (pool: pg.Pool, name: string): Promise<void> => {
  const client = await pool.connect();
  try {
    await dropUnlessLocked(client, name, rebuildSchema(name));
    await dropUnlessLocked(client, verifySchema(name), verifySchema(name));
    client.release();
  } catch (error) {
    client.release(true); // the lock ends with the connection
    throw error;
  }
};
