import type { RowDifference, Verification } from '../../application/ports/projection-operations.js';
import { counted, tableOf } from './output.js';

const HEADINGS = ['projection', 'table', 'rows', 'expected', 'by', 'different'];

/** Says which row differs, and in what. */
export const differenceText = ({ table, key, problem, columns }: RowDifference): string => {
  const row = Object.entries(key)
    .map(([column, value]) => `${column} ${value}`)
    .join(', ');
  return `${table} with ${row} is ${problem}${columns.length > 0 ? ` in ${columns.join(', ')}` : ''}`;
};

const findingOf = ({ name, position, parked, tables, repair }: Verification): string => {
  if (repair === null) return `${name} is as the log has it, up to position ${position}`;
  const first = tables.find(({ difference }) => difference !== null)?.difference;
  const why = [
    ...(parked > 0 ? [`${counted(parked, 'event')} parked`] : []),
    ...(first ? [differenceText(first)] : []),
  ];
  return `${name} is not as the log has it: ${why.join('; ')}\n  to repair it: ${repair}`;
};

/** Describes the tables, then what was found of each projection. */
export const verificationText = (verifications: readonly Verification[]): string => {
  const rows = verifications.flatMap(({ name, tables }) =>
    tables.map((each) => [name, each.table, each.rows, each.expected, each.groupedBy, each.differentGroups]),
  );
  return `${tableOf(HEADINGS, rows)}\n${verifications.map(findingOf).join('\n')}`;
};
