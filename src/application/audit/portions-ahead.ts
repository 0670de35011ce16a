import { batchesOf } from '../kernel/batches-of.js';
import type { RawEvent } from '../ports/raw-log.js';

/** So many events are hashed and compared at a time. */
const AT_ONCE = 2_048;

/** Reads the log in portions, and the next one already while the one before is looked at. */
export async function* portionsAhead(events: AsyncIterable<RawEvent>): AsyncGenerator<readonly RawEvent[]> {
  const portions = batchesOf(events, AT_ONCE);
  try {
    for (let next = portions.next(); ;) {
      const portion = await next;
      if (portion.done) return;
      next = portions.next();
      next.catch(() => undefined); // It is raised when it is its turn, and by nobody where the consumer has left.
      yield portion.value;
    }
  } finally {
    await portions.return(undefined);
  }
}
