import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Answers connections to a database, once it responds. */
export const untilAnswering = async (url: string): Promise<pg.Pool> => {
  for (;;) {
    const pool = new pg.Pool({ connectionString: url, max: 8 });
    pool.on('error', () => undefined); // the next query makes another connection
    const isThere = await pool.query('select 1').then(
      () => true,
      () => false,
    );
    if (isThere) return pool;
    await pool.end();
    await sleep(100);
  }
};
