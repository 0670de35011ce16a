import type { RawEvent } from '../ports/raw-log.js';

/** So many events are hashed and compared at a time. */
const AT_ONCE = 2_048;

async function* portionsOf(events: AsyncIterable<RawEvent>): AsyncGenerator<RawEvent[]> {
  let portion: RawEvent[] = [];
  for await (const event of events) {
    portion.push(event);
    if (portion.length < AT_ONCE) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}

/** Reads the log in portions, and the next one already while the one before is looked at. */
export async function* portionsAhead(events: AsyncIterable<RawEvent>): AsyncGenerator<RawEvent[]> {
  const portions = portionsOf(events);
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
