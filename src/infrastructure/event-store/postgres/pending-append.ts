import type { AppendResult } from '../../../application/ports/event-store.js';
import type { PreparedEvent, PreparedTouch } from '../prepared-append.js';

/** A batch that waits for its group, and its caller. */
export interface PendingAppend {
  readonly touches: readonly PreparedTouch[];
  readonly events: readonly PreparedEvent[];
  readonly bytes: number;
  /** The time, by `performance.now()`, at which its caller gets the error that the log is out of reach. */
  readonly giveUpAt: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}
