import type { Position } from '../../domain/kernel/ids.js';

/** Tells other nodes how far a projection has come, and what in it was made anew. */
export interface ProgressTeller {
  advanced(name: string, position: Position): void;
  /** It has left out an event, or was made anew. */
  revised(name: string): void;
}
