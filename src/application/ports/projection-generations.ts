import type { Position } from '../../domain/kernel/ids.js';
import type { RecordedEvent } from './event-store.js';
import type { GenerationChecksum, ParkedRow, TableComparison } from './projection-operations.js';
import type { ProjectionStore, RedrivableStore } from './projection-store.js';

/** Brings the generation that is compared up to this position. */
export type FillUpTo = (position: Position) => Promise<void>;

/** A generation that is filled from the log for as long as it is compared with the one in use. */
export interface ComparedGeneration {
  /** What fills it. */
  readonly store: ProjectionStore;
  /**
   * Holds the projection where it stands while this generation is brought there, then compares the two as of that moment
   * while the projection goes on.
   */
  compare(fillUpTo: FillUpTo, onTable: (name: string) => void): Promise<readonly TableComparison[]>;
  /**
   * Holds the projection where it stands while this generation is brought there, and makes rows in use as it has them.
   * What a projection has told the outside world stays told. Answers how many rows that were; all of them, or none.
   */
  repair(fillUpTo: FillUpTo): Promise<number>;
}

/** The next generation, while it is this node's turn to bring the projection up to date. */
export interface NextGeneration {
  /** Answers where one stands that was left unfinished and can go on: it is of this program's version, and not stopped. */
  unfinished(): Promise<Position | undefined>;
  /** Makes it empty; an unfinished one is dropped. */
  begin(): Promise<void>;
  /** Throws away what was left unfinished; false where there is nothing. */
  drop(): Promise<boolean>;
  /** A store that fills it. */
  open(): ProjectionStore;
  /** Sums up what it holds. Nobody fills it meanwhile: this node alone does. */
  checksum(onTable?: (name: string) => void): Promise<GenerationChecksum>;
  /** Lists what it has parked in the order of the log. */
  parked(): Promise<readonly ParkedRow[]>;
  /** Compares it with the one in use, of the same version, as a `ComparedGeneration` is compared. */
  readonly compare: ComparedGeneration['compare'];
  /**
   * Puts it in the place of the one in use, in one step: a query sees the one or the other, whole.
   * False where the one in use is further, or is being read for long: the next one then goes on catching up. Where `fillUpTo` is given,
   * the one in use is held while the next one is brought there, so that it need not be caught between two events.
   */
  takeOver(fillUpTo?: FillUpTo): Promise<boolean>;
  /** Says of the one in use that it is of this program's version now, without a rebuild. */
  confirmVersion(): Promise<void>;
}

/** Says whether what was left unfinished at a position is kept for a rebuild that goes on with it. */
export type IsKept = (position: Position) => Promise<boolean>;

/** Another node is bringing the projection up to date. The message says who. */
export class RebuildUnderWayError extends Error {
  override readonly name = 'RebuildUnderWayError';

  constructor(projection: string, by: string) {
    super(`projection ${projection} is being rebuilt already, by ${by}`);
  }
}

/** The newest part of the log, up to where a projection has come; without what is parked. */
export interface RecentEvents {
  readonly events: readonly RecordedEvent[];
  readonly after: Position;
  readonly to: Position;
}

/** Something that an event must have left in the read models, and has not. */
export interface RecentProblem {
  readonly problem: string;
  readonly position: Position;
}

/** The read models of one projection: the generation in use, and what is filled beside it. */
export interface ProjectionGenerations {
  /** Makes the generation in use where it is missing. Several nodes may do it at once. */
  prepare(): Promise<void>;
  /**
   * Throws away what was being filled by a node that was killed, but for what this program's rebuild can go on with and that
   * is kept; leaves what a node is filling. Answers whether one is.
   */
  dropLeftovers(isKept: IsKept): Promise<boolean>;
  /** Says whether the generation in use is of another version than this program's; false where there is none. */
  isOutdated(): Promise<boolean>;
  /** Answers the version of the generation in use; undefined where there is none. */
  usedVersion(): Promise<number | undefined>;
  /** Answers how far the generation in use has come, whichever node works on it; undefined where there is none. */
  checkpoint(): Promise<Position | undefined>;
  /** Lists the parked events in the order of the log. */
  parked(): Promise<readonly ParkedRow[]>;
  /** A store of the generation in use. Each is another holder of its lease. */
  open(): RedrivableStore;
  /** Sums up what the generation in use holds at its checkpoint, while it is in use. Raises `GenerationGoneError` where there is none. */
  checksum(onTable?: (name: string) => void): Promise<GenerationChecksum>;
  /** A store of the generation in use that writes it as long as it is of this older version. */
  openOlder(version: number): ProjectionStore;
  /** Works when no other node brings the projection up to date. Raises the signal's reason when that ends the wait. */
  inTurn<Result>(signal: AbortSignal, work: (next: NextGeneration) => Promise<Result>): Promise<Result>;
  /** Works likewise, but at once. Raises `RebuildUnderWayError` when another node, which lives, is at it. */
  atOnce<Result>(work: (next: NextGeneration) => Promise<Result>): Promise<Result>;
  /** Makes an empty generation to compare with, and drops it when the work has ended. */
  withComparison<Result>(work: (comparison: ComparedGeneration) => Promise<Result>): Promise<Result>;
  /**
   * Looks for what events must have left in the generation in use, as of one moment. The events are asked for by where it
   * stands then, and by what is parked; undefined where there is nothing to look for.
   */
  findProblems(
    recent: (to: Position, parked: ReadonlySet<Position>) => Promise<RecentEvents | undefined>,
  ): Promise<readonly RecentProblem[]>;
}
