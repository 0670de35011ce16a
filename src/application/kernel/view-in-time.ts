import type { Position } from '../../domain/kernel/ids.js';
import { Rejection } from '../../domain/kernel/rejections.js';
import { DatabaseOverloadedError } from '../ports/database-overloaded.js';
import { DatabaseUnavailableError } from '../ports/database-unavailable.js';
import { ProjectionLaggingError, ProjectionRebuildingError, type ReadYourWrites } from './read-your-writes.js';

/** The view that shows what a command did, and the position of the command. */
interface WantedView<View> {
  readonly position: Position;
  /** The projections that the query reads from. */
  readonly projections: readonly string[];
  readonly query: () => Promise<View>;
}

/** The errors of a query that comes too late, or whose view is gone by then, or whose event is parked. */
const ABSENCES = [
  ProjectionLaggingError,
  ProjectionRebuildingError,
  DatabaseOverloadedError,
  DatabaseUnavailableError,
  Rejection,
] as const;

/**
 * Answers the view after a command; undefined where it is not there in time. The command is in the log already: an error of
 * the query would tell its caller that it was not carried out.
 */
export const viewInTime = async <View>(
  readYourWrites: ReadYourWrites,
  { position, projections, query }: WantedView<View>,
): Promise<View | undefined> => {
  try {
    await Promise.all(projections.map((projection) => readYourWrites(projection, position)));
    return await query();
  } catch (error) {
    if (ABSENCES.some((absence) => error instanceof absence)) return undefined;
    throw error;
  }
};
