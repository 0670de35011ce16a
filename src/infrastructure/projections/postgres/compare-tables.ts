import type pg from 'pg';
import type { RowDifference, TableComparison } from '../../../application/ports/projection-operations.js';
import type { ReadModel } from './read-model.js';

const TABLES = `
  select c.relname as name,
         (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
         (select array_agg(a.attname::text order by a.attnum) from pg_index i
            join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
           where i.indrelid = c.oid and i.indisprimary) as key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relkind = 'r' order by c.relname`;

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

/** Rows are grouped by what they are about, and one group is read at a time. */
const GROUPS = ['conversation_id', 'user_id'];

export interface CompareParts {
  readonly client: pg.ClientBase;
  /** The tables in use, and those made anew from the log. */
  readonly schemas: readonly [used: string, anew: string];
  readonly readModel: Pick<ReadModel<never>, 'unproven'>;
}

interface Sides {
  readonly group: string;
  readonly used: string;
  readonly anew: string;
}

const rowsOf = (schema: string, { name, columns }: Table, unproven: ReadModel<never>['unproven']): string => {
  const { columns: ignored = [], where } = unproven?.[name] ?? {};
  const shown = columns.filter((column) => !ignored.includes(column));
  return `(select ${shown.join(', ')} from ${schema}.${name} t ${where ? `where ${where(schema)}` : ''})`;
};

const sidesOf = ({ schemas: [used, anew], readModel }: CompareParts, table: Table): Sides => ({
  group: GROUPS.find((column) => table.columns.includes(column)) ?? (table.key[0] as string),
  used: rowsOf(used, table, readModel.unproven),
  anew: rowsOf(anew, table, readModel.unproven),
});

/** Counts the rows of each side, with a checksum for each group, and finds the first group that differs. */
const compareGroups = async (client: pg.ClientBase, { group, used, anew }: Sides) => {
  const summed = (rows: string) => `
    select ${group} as id, count(*) as rows, sum(hashtextextended(t::text, 0)::numeric) as checksum from ${rows} t group by 1`;
  const { rows } = await client.query<{
    rows: number;
    expected: number;
    groups: number;
    first: string | null;
    checksum: string | null;
  }>(`
    with used as (${summed(used)}), anew as (${summed(anew)})
    select coalesce(sum(used.rows), 0)::integer as rows, coalesce(sum(anew.rows), 0)::integer as expected,
           sum(anew.checksum)::text as checksum, count(*) filter (where differs)::integer as groups,
           min(id::text) filter (where differs) as first
      from used full join anew using (id),
           lateral (select used.rows is distinct from anew.rows or used.checksum is distinct from anew.checksum as differs) d`);
  return rows[0] ?? { rows: 0, expected: 0, groups: 0, first: null, checksum: null };
};

/** Finds the first row of a group that is missing, too many, or different. Its content is not shown, as it may be personal. */
const firstDifference = async (
  client: pg.ClientBase,
  table: Table,
  { group, used, anew }: Sides,
  first: string,
): Promise<RowDifference | null> => {
  const key = table.key.join(', ');
  const { rows } = await client.query<{ used: Record<string, unknown> | null; anew: Record<string, unknown> | null }>(
    `select to_jsonb(used) as used, to_jsonb(anew) as anew
       from (select * from ${used} t where ${group}::text = $1) used
       full join (select * from ${anew} t where ${group}::text = $1) anew using (${key})
      where to_jsonb(used) is distinct from to_jsonb(anew) order by ${key} limit 1`,
    [first],
  );
  const [row] = rows;
  if (!row) return null;
  const present = row.used ?? row.anew ?? {};
  return {
    table: table.name,
    key: Object.fromEntries(table.key.map((column) => [column, String(present[column])])),
    problem: row.used === null ? 'missing' : row.anew === null ? 'not in the log' : 'different',
    columns: table.columns.filter(
      (column) => row.used && row.anew && JSON.stringify(row.used[column]) !== JSON.stringify(row.anew[column]),
    ),
  };
};

/** Compares the tables in use with those made anew, a table at a time, all in the snapshot of the client's transaction. */
export const compareTables = async (
  parts: CompareParts,
  onTable: (name: string) => void,
): Promise<readonly TableComparison[]> => {
  const { client, schemas } = parts;
  const tables = (await client.query<Table>(TABLES, [schemas[1]])).rows;
  const compared: TableComparison[] = [];
  for (const table of tables) {
    onTable(table.name);
    const sides = sidesOf(parts, table);
    const { rows, expected, groups, first, checksum } = await compareGroups(client, sides);
    const difference = first === null ? null : await firstDifference(client, table, sides, first);
    compared.push({
      table: table.name,
      rows,
      expected,
      differentGroups: groups,
      groupedBy: sides.group,
      checksum,
      difference,
    });
  }
  return compared;
};
