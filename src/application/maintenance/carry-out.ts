import type { MaintenanceKind, MaintenanceResult } from '../../domain/maintenance/events.js';
import { RebuildUnderWayError } from '../ports/projection-generations.js';
import { NotRebuildableError, RebuildRefusedError, type ProjectionOperations } from '../ports/projection-operations.js';
import { rebuilt, redriven, verified } from './maintenance-result.js';

/** What is to be done with a projection. */
export interface MaintenanceTask {
  readonly projection: string;
  readonly kind: MaintenanceKind;
  readonly isFresh: boolean;
  readonly isForced: boolean;
}

type Operations = Pick<ProjectionOperations, 'verify' | 'rebuild' | 'redrive' | 'cancelRebuild'>;

const ignored = () => undefined;

/** Does what was asked for, until it is complete or the signal ends it. The signal's reason, or any other error, is raised then. */
export const carryOut = async (
  operations: Operations,
  { projection, kind, isFresh, isForced }: MaintenanceTask,
  signal: AbortSignal,
): Promise<MaintenanceResult> => {
  switch (kind) {
    case 'verify': {
      // Each step tells how far it is, and what it meets then ends the whole.
      const [verification] = await operations.verify(projection, () => signal.throwIfAborted());
      if (!verification) throw new Error(`nothing was verified of ${projection}`);
      return verified(verification);
    }
    case 'rebuild':
      return rebuilt(await operations.rebuild(projection, { isFresh, isForced, signal }, ignored));
    case 'redrive':
      return redriven(await operations.redrive(projection, { signal }, ignored));
    case 'discard':
      return { kind, discarded: await operations.cancelRebuild(projection) };
  }
};

const EXPLAINED = [RebuildUnderWayError, RebuildRefusedError, NotRebuildableError];

/** Says why maintenance has failed. What is not known here may hold what users wrote: it is for the log of the server alone. */
export const problemOf = (error: unknown): string =>
  EXPLAINED.some((kind) => error instanceof kind)
    ? (error as Error).message
    : 'something went wrong; the log of the server has it';
