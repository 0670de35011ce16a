import type { Position } from '../../domain/kernel/ids.js';
import type { ProjectionProgress } from '../ports/projection-progress.js';

/** The time that a query waits for its read model. */
const MAX_WAIT_MS = 2_000;

/**
 * Waits until a projection has reached a position. Raises `ProjectionRebuildingError` at once, `ProjectionLaggingError` when it
 * takes too long, `DatabaseUnavailableError`.
 */
export type ReadYourWrites = (projection: string, position: Position) => Promise<void>;

/** The read model has not reached the requested position yet: the same may succeed soon. */
export class ProjectionLaggingError extends Error {
  override readonly name = 'ProjectionLaggingError';
}

/** The read model cannot be read by this program before it is rebuilt. */
export class ProjectionRebuildingError extends Error {
  override readonly name = 'ProjectionRebuildingError';

  /** How much of the log the rebuild has gone through, from 0 to 1. */
  constructor(
    projection: string,
    readonly share: number,
  ) {
    super(`projection ${projection} is being rebuilt: ${Math.floor(share * 100)} % of the log`);
  }
}

export const readYourWrites =
  (progress: ProjectionProgress): ReadYourWrites =>
  async (projection, position) => {
    const share = progress.rebuildOf(projection);
    if (share !== undefined) throw new ProjectionRebuildingError(projection, share);
    await progress.recall(projection, position);
    if (!(await progress.waitFor(projection, position, MAX_WAIT_MS)))
      throw new ProjectionLaggingError(`projection ${projection} has not reached ${position}`);
  };
