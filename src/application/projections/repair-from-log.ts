import { withComparison, type ComparisonParts } from './comparison-filler.js';

/**
 * Puts rows right that are not as the log has them, in a projection that cannot be rebuilt: what it has told the outside
 * world stays told. Answers how many. The projection is held meanwhile.
 */
export const repairFromLog = (parts: ComparisonParts): Promise<number> =>
  withComparison(parts, async (comparison, filler) => {
    await filler.comeNear();
    return comparison.repair((position) => filler.fillUpTo(position));
  });
