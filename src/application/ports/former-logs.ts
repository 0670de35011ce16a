import type { Position } from '../../domain/kernel/ids.js';
import type { KeptCheckpoint, LogKey } from './checkpoints.js';
import type { RawEvent } from './raw-log.js';
import type { LogTree } from './tree-store.js';

/** A log that this one is a copy of. Its events are those of this one, in the same order, as far as its tree goes. */
export interface FormerLog {
  readonly origin: string;
  readonly tree: Pick<LogTree, 'head' | 'positions' | 'tiles'>;
  keys(): Promise<readonly LogKey[]>;
  /** Answers its last signed head. */
  last(): Promise<KeptCheckpoint | undefined>;
  /** Answers an event of this log as it was there, at that position. */
  asItWas(event: RawEvent, position: Position): Promise<RawEvent>;
}

/** Lists the logs that this one is a copy of, the one that was copied last first. */
export type ListFormerLogs = () => Promise<readonly FormerLog[]>;
