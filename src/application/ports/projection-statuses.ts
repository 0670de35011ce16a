import type { ParkedRow, ProjectionStatus } from './projection-operations.js';

/** Where all projections stand, whoever runs them. */
export interface ProjectionStatuses {
  /** By name; generations that are being filled are listed too. */
  list(): Promise<readonly ProjectionStatus[]>;
  /** Of one projection, or of all; in the order of the log. */
  parked(name?: string): Promise<readonly ParkedRow[]>;
  /** Lets one go on that has stopped; false where it has not stopped. */
  resume(name: string): Promise<boolean>;
}
