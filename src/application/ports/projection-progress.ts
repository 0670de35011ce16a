import type { Position } from '../../domain/kernel/ids.js';

/** The progress of each projection, as the node that runs it announces it. */
export interface ProjectionProgress {
  /** Answers how much of the log a rebuild has gone through for which queries must wait; undefined where they need not. */
  rebuildOf(projection: string): number | undefined;
  /** Answers the last announced position, `LOG_START` before the first. */
  of(projection: string): Position;
  /**
   * Looks up how far a projection has come where that was forgotten with the connection to the database. Raises what the
   * look-up raises: whoever would wait then is told at once that the database is out of reach.
   */
  recall(projection: string, position: Position): Promise<void>;
  /** Answers true once the projection has reached the position, and false when `timeoutMs` went by first. */
  waitFor(projection: string, position: Position, timeoutMs: number): Promise<boolean>;
  /** Called with each announcement, until the returned function is called. */
  onAdvance(projection: string, listener: (position: Position) => void): () => void;
}
