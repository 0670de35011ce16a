import type { EventId, Position, StreamId } from '../../domain/kernel/ids.js';

/** The state of a projection. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly position: Position;
  /** The number of events, of any type, between it and the head of the log. */
  readonly behind: number;
  /** Whether a node works on it. */
  readonly running: boolean;
  readonly parked: number;
  /** The reason why no node works on it any more; null while it goes on. */
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

/** The progress of a rebuild. */
export interface RebuildProgress {
  /** The number of events it has gone through, of the types that the projection is made from. */
  readonly events: number;
  /** How much of the log it has gone through, from 0 to 1. */
  readonly share: number;
  /** The number of events in that part of the log, of any type. */
  readonly passed: number;
  /** The number of events in the log as it was at first. */
  readonly total: number;
}

/** How a rebuild is wanted. */
export interface RebuildChoices {
  /** Throws away what another rebuild has left unfinished, instead of going on with it. */
  readonly isFresh?: boolean;
  /** Switches though events were parked that had been applied. */
  readonly isForced?: boolean;
}

/** The comparison of what was in use with what took its place: `expected` is the new one. */
export interface UsedComparison {
  /** The position at which both stood. */
  readonly position: Position;
  readonly tables: readonly TableComparison[];
}

/** The result of a rebuild. */
export interface Rebuilt {
  /** From where it went on with what was left unfinished; null where it began anew. */
  readonly resumedAt: Position | null;
  /** Null where what was in use was of another version, or stood behind what was filled. */
  readonly comparison: UsedComparison | null;
}

/** The result of applying parked events again. */
export interface Redriven {
  readonly applied: number;
  readonly stillParked: number;
}

/** A row that differs from the log. */
export interface RowDifference {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  readonly problem: 'missing' | 'not in the log' | 'different';
  /** The columns that differ. */
  readonly columns: readonly string[];
}

/** The comparison of a table with the log. */
export interface TableComparison {
  readonly table: string;
  readonly rows: number;
  readonly expected: number;
  /** The column by which rows are summed up; each sum has a checksum. */
  readonly groupedBy: string;
  readonly differentGroups: number;
  /** Over what the log says; null for an empty table. */
  readonly checksum: string | null;
  readonly difference: RowDifference | null;
}

/** The result of comparing a projection with the log. */
export interface Verification {
  readonly name: string;
  /** The position at which it was compared. */
  readonly position: Position;
  /** The number of events that could not be applied: neither side knows them. */
  readonly parked: number;
  readonly tables: readonly TableComparison[];
  readonly isRight: boolean;
  /** The command that repairs it; null where there is nothing to repair. */
  readonly repair: string | null;
}

/** What a table holds, in few bytes. */
export interface TableChecksum {
  readonly table: string;
  readonly rows: number;
  /** 64 hexadecimal digits; of an empty table, too. */
  readonly sha256: string;
}

/**
 * What the read models of a generation hold, as of one moment. Positions are left out, and so is the place of a row: two logs with the same
 * events, in the same order, make the same sums. Sums are of one engine and one version: another one has other tables.
 */
export interface GenerationChecksum {
  /** How far the generation had come. */
  readonly position: Position;
  /** The rows of all tables. */
  readonly rows: number;
  /** The SHA-256 of what stands in `tables`. */
  readonly sha256: string;
  readonly tables: readonly TableChecksum[];
}

/** The sums of one projection, and what it had not applied by then. */
export interface ProjectionChecksum extends GenerationChecksum {
  readonly name: string;
  readonly version: number;
  /** The number of events, of any type, between its position and the head of the log. */
  readonly behind: number;
  readonly parked: number;
}

/** The progress of a comparison: through the log, then through the tables. */
export type VerifyProgress = RebuildProgress | { readonly table: string };

/** The result of looking for the newest events in a read model: by ids, counts and ordinals alone. */
export interface RecentComparison {
  readonly name: string;
  /** The number of events that were looked for. */
  readonly events: number;
  readonly differences: number;
  /** The difference that is first in the log. */
  readonly first: string | null;
  /** The command that repairs it; null where nothing differs. */
  readonly repair: string | null;
}

/** What operators do with projections, also while a server runs. Raises `UnknownProjectionError`. */
export interface ProjectionOperations {
  list(): Promise<readonly ProjectionStatus[]>;
  /** Lists the parked events of one projection, or of all. */
  parked(name?: string): Promise<readonly ParkedRow[]>;
  /**
   * Fills it anew beside the one in use, compares both, and switches. The signal cancels it, and it can go on later. Raises
   * `NotRebuildableError`, `RebuildUnderWayError`, `RebuildCancelledError`, `RebuildRefusedError`.
   */
  rebuild(
    name: string,
    choices: RebuildChoices & { readonly signal: AbortSignal },
    onProgress: (progress: VerifyProgress) => void,
  ): Promise<Rebuilt>;
  /** Throws away what a rebuild has left unfinished; false where there is nothing. Raises `RebuildUnderWayError`. */
  cancelRebuild(name: string): Promise<boolean>;
  /** Compares one projection, or each, with the log, at its own checkpoint. */
  verify(
    name: string | undefined,
    onProgress: (name: string, progress: VerifyProgress) => void,
  ): Promise<readonly Verification[]>;
  /** Sums up what one projection holds, or each. */
  checksum(
    name: string | undefined,
    onProgress: (name: string, table: string) => void,
  ): Promise<readonly ProjectionChecksum[]>;
  /** Compares each projection with the newest part of the log. This is quick, however long the log is. */
  compareRecent(): Promise<readonly RecentComparison[]>;
  /** Lets a projection that has stopped go on from its position. Raises `NotStoppedError`. */
  resume(name: string): Promise<void>;
  /** Applies what was parked. The signal ends it behind the event at which it is, and its reason is raised. */
  redrive(
    name: string,
    options: { readonly signal: AbortSignal },
    onProgress: (progress: RebuildProgress) => void,
  ): Promise<Redriven>;
}

/** The rebuild was ended before the switch. The message says how it goes on. */
export class RebuildCancelledError extends Error {
  override readonly name = 'RebuildCancelledError';
}

/** The rebuild has parked what was applied before, and has not switched. */
export class RebuildRefusedError extends Error {
  override readonly name = 'RebuildRefusedError';
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
