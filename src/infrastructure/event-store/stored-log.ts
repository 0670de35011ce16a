import type { EventStore } from '../../application/ports/event-store.js';
import type { RawLog } from '../../application/ports/raw-log.js';

/** The log, and what is stored in it byte by byte. */
export interface StoredLog extends EventStore {
  readonly raw: RawLog;
}
