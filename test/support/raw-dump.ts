import type pg from 'pg';

const TABLES = `
  select format('%I.%I', table_schema, table_name) as name from information_schema.tables
   where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`;

const bytesOf = (value: unknown): Buffer => {
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value ?? null));
};

/** Answers the bytes of every value in these tables of a database, by default in all of them. */
export const rawDump = async (pool: pg.Pool, isWanted: (table: string) => boolean = () => true): Promise<Buffer> => {
  const parts: Buffer[] = [];
  const { rows: tables } = await pool.query<{ name: string }>(TABLES);
  for (const { name } of tables.filter((table) => isWanted(table.name))) {
    const { rows } = await pool.query<Record<string, unknown>>(`select * from ${name}`);
    parts.push(...rows.flatMap((row) => Object.values(row).map(bytesOf)));
  }
  return Buffer.concat(parts);
};
