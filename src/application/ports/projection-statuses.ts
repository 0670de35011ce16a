import type { Position } from '../../domain/kernel/ids.js';
import type { ParkedRow, ProjectionStatus } from './projection-operations.js';

/** Where all projections stand, whoever runs them. */
export interface ProjectionStatuses {
  /** By name; generations that are being filled are listed too. */
  list(): Promise<readonly Omit<ProjectionStatus, 'behind'>[]>;
  /** How far a projection has come; undefined where it has no read models yet. */
  checkpoint(name: string): Promise<Position | undefined>;
  /** Of one projection, or of all; in the order of the log. */
  parked(name?: string): Promise<readonly ParkedRow[]>;
  /** Lets one go on that has stopped; false where it has not stopped. */
  resume(name: string): Promise<boolean>;
}
