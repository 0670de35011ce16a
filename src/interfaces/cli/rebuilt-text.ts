import type { Rebuilt, UsedComparison } from '../../application/ports/projection-operations.js';
import { tableOf } from './output.js';
import { differenceText } from './verification-text.js';

const HEADINGS = ['table', 'rows before', 'rows now', 'by', 'different', 'checksum now'];

const comparisonText = ({ position, tables }: UsedComparison): string => {
  const rows = tables.map((each) => [
    each.table,
    each.rows,
    each.expected,
    each.groupedBy,
    each.differentGroups,
    each.checksum,
  ]);
  const differences = tables.flatMap(({ difference }) => (difference ? [differenceText(difference)] : []));
  const found =
    differences.length === 0
      ? 'what was in use before was the same'
      : `what was in use before differed: ${differences.join('; ')}`;
  return `${tableOf(HEADINGS, rows)}\n${found}, at position ${position}`;
};

/** Describes a rebuild: what it has replaced, and how that differed. */
export const rebuiltText = (name: string, { resumedAt, comparison }: Rebuilt): string =>
  [
    comparison ? comparisonText(comparison) : 'not compared: what was in use was of another version, or stood behind',
    ...(resumedAt === null ? [] : [`it went on from position ${resumedAt}, where it had been left`]),
    `${name} is rebuilt`,
  ].join('\n');
