import type { EventId, Position, StreamId } from '../../domain/kernel/ids.js';

/** Where a projection stands. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly position: Position;
  /** Events between it and the head of the log, of whatever type. */
  readonly behind: number;
  /** Whether a node works on it. */
  readonly running: boolean;
  readonly parked: number;
}

/** An event that a projection could not apply. */
export interface ParkedRow {
  readonly projection: string;
  readonly position: Position;
  readonly streamId: StreamId;
  readonly eventId: EventId;
  readonly type: string;
  readonly reason: string;
  readonly parkedAt: string;
}

/** How far a rebuild has come. */
export interface RebuildProgress {
  readonly events: number;
  readonly position: Position;
  readonly head: Position;
}

/** What came of applying parked events again. */
export interface Redriven {
  readonly applied: number;
  readonly stillParked: number;
}

/** What who runs the server does with projections, also while it runs. Raises `UnknownProjectionError`. */
export interface ProjectionOperations {
  list(): Promise<readonly ProjectionStatus[]>;
  /** Of one projection, or of all. */
  parked(name?: string): Promise<readonly ParkedRow[]>;
  /** Fills it anew beside the one in use, and switches. Raises `NotRebuildableError`. */
  rebuild(name: string, onProgress: (progress: RebuildProgress) => void): Promise<void>;
  redrive(name: string, onProgress: (progress: RebuildProgress) => void): Promise<Redriven>;
}

/** There is no projection of this name. */
export class UnknownProjectionError extends Error {
  override readonly name = 'UnknownProjectionError';
}

/** What the projection holds cannot be made again from the log. */
export class NotRebuildableError extends Error {
  override readonly name = 'NotRebuildableError';
}
