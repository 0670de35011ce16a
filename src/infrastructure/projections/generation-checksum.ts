import { createHash } from 'node:crypto';
import type { GenerationChecksum, TableChecksum } from '../../application/ports/projection-operations.js';
import type { Position } from '../../domain/kernel/ids.js';

/** Sums up the tables of a generation, which are in the order of their names: the hash is of a line for each. */
export const generationChecksum = (position: Position, tables: readonly TableChecksum[]): GenerationChecksum => {
  const lines = tables.map(({ table, rows, sha256 }) => `${table} ${rows} ${sha256}\n`);
  return {
    position,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    sha256: createHash('sha256').update(lines.join('')).digest('hex'),
    tables,
  };
};
