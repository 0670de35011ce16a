import type { Position } from '../../domain/kernel/ids.js';
import type { ParkedRow, ProjectionStatus } from './projection-operations.js';

/** The states of all projections, whichever nodes run them. */
export interface ProjectionStatuses {
  /** Lists them by name, with the generations that are being filled. */
  list(): Promise<readonly Omit<ProjectionStatus, 'behind'>[]>;
  /** Answers how far a projection has come; undefined where it has no read models yet. */
  checkpoint(name: string): Promise<Position | undefined>;
  /** Lists the parked events of one projection, or of all, in the order of the log. */
  parked(name?: string): Promise<readonly ParkedRow[]>;
  /** Lets a projection go on that has stopped; false where it has not stopped. */
  resume(name: string): Promise<boolean>;
}
