import type { Position } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';
import type { TableComparison } from '../ports/projection-operations.js';
import { withComparison, type ComparisonParts } from './comparison-filler.js';

/** A key that is destroyed during the comparison makes the log poorer than the read model, until that has come as far. */
const LOOKS = 2;

export interface VerifyParts extends ComparisonParts {
  readonly onTable: (name: string) => void;
}

/** The checkpoint at which it was compared, and what was found there. */
export interface Verified {
  readonly position: Position;
  readonly tables: readonly TableComparison[];
}

/**
 * Makes the tables anew from the log beside those in use, and compares them at the projection's own checkpoint, while
 * the service runs. A difference counts when it is still there at a second look.
 */
export const verifyProjection = (parts: VerifyParts): Promise<Verified> =>
  withComparison(parts, async (comparison, filler) => {
    let verified: Verified = { position: LOG_START, tables: [] };
    for (let look = 0, differs = true; look < LOOKS && differs; look += 1) {
      await filler.comeNear();
      const tables = await comparison.compare((position) => filler.fillUpTo(position), parts.onTable);
      verified = { position: filler.position, tables };
      differs = tables.some(({ difference }) => difference !== null);
    }
    return verified;
  });
