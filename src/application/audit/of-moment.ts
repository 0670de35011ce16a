import type { Position } from '../../domain/kernel/ids.js';
import type { Past } from './past.js';

/** What is said of every answer as of a moment. */
export interface OfMoment {
  /** The last event that had happened then. */
  readonly asOf: Position;
  /** Events that belong to the answer and cannot be decoded: they are left out of it. */
  readonly undecodable: readonly Position[];
}

export const ofMoment = (past: Past): OfMoment => ({ asOf: past.upTo, undecodable: past.undecodable() });
