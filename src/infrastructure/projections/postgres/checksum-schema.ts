import type pg from 'pg';
import type { GenerationChecksum, TableChecksum } from '../../../application/ports/projection-operations.js';
import { GenerationGoneError } from '../../../application/ports/projection-store.js';
import { untimed } from '../../postgres/session.js';
import { generationChecksum } from '../generation-checksum.js';
import { findCheckpoint } from './generations.js';
import type { ReadModel } from './read-model.js';

/** Tables with their columns, but for positions. */
const TABLES = `
  select c.relname as name,
         array(select a.attname::text from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                  and a.attname <> 'position' and a.attname not like '%\\_position'
                order by a.attname collate "C") as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relkind = 'r' order by c.relname collate "C"`;

/** How values are written: it must not depend on the server's settings. */
const AS_TEXT = `
  set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local bytea_output = 'hex';
  set local extra_float_digits = 1`;

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * Sums up the hashes of the rows in their own order, which is that of no index and no collation. They are first put together by
 * their first bytes, so that no value holds those of all rows.
 */
const sumOf = (schema: string, { name, columns }: Table): string => `
  with rows as (select sha256(convert_to(t::text, 'UTF8')) as hash from (select ${columns.join(', ')} from ${schema}.${name}) t),
       parts as (select substr(hash, 1, 2) as part, count(*) as rows, sha256(string_agg(hash, ''::bytea order by hash)) as hash
                   from rows group by 1)
  select coalesce(sum(rows), 0)::integer as rows,
         encode(sha256(coalesce(string_agg(hash, ''::bytea order by part), ''::bytea)), 'hex') as sha256
    from parts`;

const findTables = async (
  client: pg.ClientBase,
  schema: string,
  unproven: ReadModel<never>['unproven'],
): Promise<readonly Table[]> => {
  const { rows } = await client.query<Table>(TABLES, [schema]);
  return rows.map(({ name, columns }) => {
    const { columns: left = [] } = unproven?.[name] ?? {};
    return { name, columns: columns.filter((column) => !left.includes(column)) };
  });
};

/** Sums up tables in the snapshot of the client's transaction. */
const sumUp = async (
  client: pg.ClientBase,
  schema: string,
  tables: readonly Table[],
  onTable: (name: string) => void,
): Promise<readonly TableChecksum[]> => {
  await client.query(AS_TEXT);
  const sums: TableChecksum[] = [];
  for (const table of tables) {
    onTable(table.name);
    const { rows } = await client.query<{ rows: number; sha256: string }>(sumOf(schema, table));
    sums.push({ table: table.name, rows: 0, sha256: '', ...rows[0] });
  }
  return sums;
};

/**
 * Sums up the tables of a schema in one snapshot, with the checkpoint that it has there. The tables are locked before the snapshot is
 * taken: a switch to another generation comes before that, or waits.
 */
export const checksumSchema = async (
  pool: pg.Pool,
  schema: string,
  { unproven }: Pick<ReadModel<never>, 'unproven'>,
  onTable: (name: string) => void = () => undefined,
): Promise<GenerationChecksum> => {
  const client = await pool.connect();
  try {
    return await untimed(client, async () => {
      const tables = await findTables(client, schema, unproven);
      if (tables.length === 0) throw new GenerationGoneError(`the tables of ${schema} are gone`);
      await client.query('begin isolation level repeatable read read only');
      await client.query(`lock table ${tables.map(({ name }) => `${schema}.${name}`).join(', ')} in access share mode`);
      const position = await findCheckpoint(client, schema);
      if (position === undefined) throw new GenerationGoneError(`there is no checkpoint of ${schema}`);
      const sums = await sumUp(client, schema, tables, onTable);
      await client.query('commit');
      return generationChecksum(position, sums);
    });
  } finally {
    client.release(true); // with the connection goes its transaction, and how it writes values
  }
};
