import { createHash } from 'node:crypto';
import type { GenerationChecksum } from '../../../application/ports/projection-operations.js';
import { generationChecksum } from '../generation-checksum.js';
import type { Generation } from './memory-projections.js';

const POSITION = /^position$|Position$/;

const textOf = (row: object): string =>
  JSON.stringify(
    Object.entries(row)
      .filter(([name]) => !POSITION.test(name))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

/** Sums up tables: of each row what is no position, and the rows in the order of that. */
export const checksumRows = (
  { position, tables }: Pick<Generation, 'position' | 'tables'>,
  onTable: (name: string) => void = () => undefined,
): GenerationChecksum =>
  generationChecksum(
    position,
    Object.entries(tables)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([table, rows]) => {
        onTable(table);
        const hash = createHash('sha256');
        for (const text of [...rows.values()].map(textOf).sort()) hash.update(`${text}\n`);
        return { table, rows: rows.size, sha256: hash.digest('hex') };
      }),
  );
