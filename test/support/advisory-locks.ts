import type pg from 'pg';

/** Answers how many advisory locks are held in the database. */
export const heldLocks = async (pool: pg.Pool): Promise<number> => {
  const { rows } = await pool.query<{ held: number }>(
    `select count(*)::integer as held from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0]?.held ?? 0;
};
