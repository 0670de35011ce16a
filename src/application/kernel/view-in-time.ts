import type { Position } from '../../domain/kernel/ids.js';
import { Rejection } from '../../domain/kernel/rejections.js';
import { DatabaseOverloadedError } from '../ports/database-overloaded.js';
import { DatabaseUnavailableError } from '../ports/database-unavailable.js';
import { ProjectionLaggingError, type ReadYourWrites } from './read-your-writes.js';

/** The view that shows what a command did, and where the command stands. */
interface WantedView<View> {
  readonly position: Position;
  /** The projections that the query reads from. */
  readonly projections: readonly string[];
  readonly query: () => Promise<View>;
}

/** What a query meets that comes too late, or finds the view gone by then or its event parked. */
const ABSENCES = [ProjectionLaggingError, DatabaseOverloadedError, DatabaseUnavailableError, Rejection] as const;

/**
 * The view behind a command, undefined where it is not there in time. The command is in the log already: to fail because of
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
