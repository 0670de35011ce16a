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
  /** Why no node works on it any more; null while it goes on. */
  readonly stopped: string | null;
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
  /** Those that the projection is made from. */
  readonly events: number;
  /** How much of the log it has gone through, from 0 to 1. */
  readonly share: number;
}

/** What came of applying parked events again. */
export interface Redriven {
  readonly applied: number;
  readonly stillParked: number;
}

/** A row that is not as the log has it. */
export interface RowDifference {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  readonly problem: 'missing' | 'not in the log' | 'different';
  /** The columns that differ. */
  readonly columns: readonly string[];
}

/** A table beside what the log says of it. */
export interface TableComparison {
  readonly table: string;
  readonly rows: number;
  readonly expected: number;
  /** By which column rows are summed up, each sum with a checksum. */
  readonly groupedBy: string;
  readonly differentGroups: number;
  /** Over what the log says; null for an empty table. */
  readonly checksum: string | null;
  readonly difference: RowDifference | null;
}

/** What came of comparing a projection with the log. */
export interface Verification {
  readonly name: string;
  /** Up to where it was compared. */
  readonly position: Position;
  /** Events that could not be applied: of these, neither side knows. */
  readonly parked: number;
  readonly tables: readonly TableComparison[];
  readonly isRight: boolean;
  /** The command that mends it; null where there is nothing to mend. */
  readonly mend: string | null;
}

/** How far a comparison has come: through the log, then through the tables. */
export type VerifyProgress = RebuildProgress | { readonly table: string };

/** What came of looking for the newest events in a read model: by ids, counts and ordinals alone. */
export interface RecentComparison {
  readonly name: string;
  /** How many events were looked for. */
  readonly events: number;
  readonly differences: number;
  /** The one that is first in the log. */
  readonly first: string | null;
  /** What to do; null where nothing differs. */
  readonly mend: string | null;
}

/** What who runs the server does with projections, also while it runs. Raises `UnknownProjectionError`. */
export interface ProjectionOperations {
  list(): Promise<readonly ProjectionStatus[]>;
  /** Of one projection, or of all. */
  parked(name?: string): Promise<readonly ParkedRow[]>;
  /** Fills it anew beside the one in use, and switches. Raises `NotRebuildableError`. */
  rebuild(name: string, onProgress: (progress: RebuildProgress) => void): Promise<void>;
  /** Compares one, or each, with the log, at its own checkpoint. */
  verify(
    name: string | undefined,
    onProgress: (name: string, progress: VerifyProgress) => void,
  ): Promise<readonly Verification[]>;
  /** Compares each with the newest part of the log: quickly, however long the log is. */
  compareRecent(): Promise<readonly RecentComparison[]>;
  /** Lets one that has stopped go on from where it stands. Raises `NotStoppedError`. */
  resume(name: string): Promise<void>;
  redrive(name: string, onProgress: (progress: RebuildProgress) => void): Promise<Redriven>;
}

/** The projection has not stopped. */
export class NotStoppedError extends Error {
  override readonly name = 'NotStoppedError';
}

/** There is no projection of this name. */
export class UnknownProjectionError extends Error {
  override readonly name = 'UnknownProjectionError';
}

/** What the projection holds cannot be made again from the log. */
export class NotRebuildableError extends Error {
  override readonly name = 'NotRebuildableError';
}
