import type { AnewParts } from './tables-anew.js';
import { withTablesAnew } from './tables-anew.js';

/**
 * Puts rows right that are not as the log has them, in a projection that cannot be rebuilt: what it has told the outside
 * world stays told. Answers how many. The projection is held meanwhile.
 */
export const mendFromLog = <Writers>(
  parts: AnewParts<Writers>,
  statementsFor: (anewSchema: string) => readonly string[],
): Promise<number> =>
  withTablesAnew(parts, (anew) =>
    anew.heldAtCheckpoint(async (holding) => {
      let mended = 0;
      for (const statement of statementsFor(anew.schema)) mended += (await holding.query(statement)).rowCount ?? 0;
      return mended;
    }),
  );
