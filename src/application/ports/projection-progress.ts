import type { Position } from '../../domain/kernel/ids.js';

/** How far each projection has come, as announced by the node that runs it. */
export interface ProjectionProgress {
  /** The last announced position, `LOG_START` before the first. */
  of(projection: string): Position;
  /** True once the projection has reached the position, false when `timeoutMs` went by first. */
  waitFor(projection: string, position: Position, timeoutMs: number): Promise<boolean>;
  /** Called with each announcement, until the returned function is called. */
  onAdvance(projection: string, listener: (position: Position) => void): () => void;
}
