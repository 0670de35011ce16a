import type pg from 'pg';
import { dropGeneration, rebuildSchema, verifySchema } from './generations.js';

const UNUSED = `
  select from projections.checkpoints where name = $1 and (lease_until is null or lease_until < now())`;

/**
 * Drops a projection that is kept elsewhere by now: what it holds is personal, and no erasure reaches it any more. A server that
 * still works on it, of an older configuration, keeps it until the next start.
 */
export const dropUnused = async (pool: pg.Pool, name: string): Promise<boolean> => {
  const client = await pool.connect();
  try {
    const isUnused = (await client.query(UNUSED, [name])).rowCount === 1;
    if (isUnused)
      for (const each of [name, rebuildSchema(name), verifySchema(name)]) await dropGeneration(client, each);
    client.release();
    return isUnused;
  } catch (error) {
    client.release(true);
    throw error;
  }
};
