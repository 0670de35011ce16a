import type { RowDifference, TableComparison } from '../../../application/ports/projection-operations.js';
import type { MemoryTables } from './memory-read-model.js';

const differenceOf = (
  table: string,
  key: string,
  used: object | undefined,
  anew: object | undefined,
): RowDifference => {
  const columns = Object.keys({ ...used, ...anew }).filter(
    (column) => used && anew && JSON.stringify(Reflect.get(used, column)) !== JSON.stringify(Reflect.get(anew, column)),
  );
  return {
    table,
    key: { key },
    problem: used === undefined ? 'missing' : anew === undefined ? 'not in the log' : 'different',
    columns,
  };
};

const compareTable = (table: string, used: Map<string, object>, anew: Map<string, object>): TableComparison => {
  const keys = [...new Set([...used.keys(), ...anew.keys()])].sort();
  const different = keys.filter((key) => JSON.stringify(used.get(key)) !== JSON.stringify(anew.get(key)));
  const [first] = different;
  return {
    table,
    rows: used.size,
    expected: anew.size,
    groupedBy: 'key',
    differentGroups: different.length,
    checksum: null,
    difference: first === undefined ? null : differenceOf(table, first, used.get(first), anew.get(first)),
  };
};

/** Compares the tables in use with those made anew, row by row. */
export const compareRows = (
  used: MemoryTables,
  anew: MemoryTables,
  onTable: (name: string) => void,
): readonly TableComparison[] =>
  Object.keys(anew)
    .sort()
    .map((table) => {
      onTable(table);
      return compareTable(table, used[table] ?? new Map<string, object>(), anew[table] ?? new Map<string, object>());
    });
