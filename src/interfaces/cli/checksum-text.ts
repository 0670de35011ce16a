import type { ProjectionChecksum } from '../../application/ports/projection-operations.js';
import { counted, tableOf } from './output.js';

const HEADINGS = ['projection', 'table', 'rows', 'sha256'];

const summaryOf = ({ name, version, position, behind, parked, sha256 }: ProjectionChecksum): string => {
  const rest = behind > 0 || parked > 0 ? `; ${counted(behind, 'event')} behind, ${parked} parked` : '';
  return `${name}: ${sha256} (version ${version}, up to position ${position}${rest})`;
};

/** Lists the sums of the tables, then those of the projections. */
export const checksumText = (checksums: readonly ProjectionChecksum[]): string => {
  const rows = checksums.flatMap(({ name, tables }) =>
    tables.map((each) => [name, each.table, each.rows, each.sha256]),
  );
  return `${tableOf(HEADINGS, rows)}\n${checksums.map(summaryOf).join('\n')}`;
};
