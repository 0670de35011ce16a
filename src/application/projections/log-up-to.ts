import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import type { EventBatch, EventStore } from '../ports/event-store.js';

/** Subscribes as a log does that ends at this position. A log that ends before is caught up with there. */
export const logUpTo = (log: Pick<EventStore, 'subscribe'>, to: Position): Pick<EventStore, 'subscribe'> => ({
  async *subscribe(options): AsyncGenerator<EventBatch> {
    const { after = LOG_START } = options;
    const isWithin = ({ position }: { readonly position: Position }) => hasReached(to, position);
    if (hasReached(after, to)) {
      yield { after, events: [], undecodable: [], position: after, passed: 0, caughtUp: true };
      return;
    }
    for await (const batch of log.subscribe(options)) {
      if (!hasReached(batch.position, to)) {
        yield batch;
        continue;
      }
      const [events, undecodable] = [batch.events.filter(isWithin), batch.undecodable.filter(isWithin)];
      // It may have passed fewer: nothing tells how many of those that were filtered stand up to the end.
      yield { ...batch, events, undecodable, position: to, caughtUp: true };
      return;
    }
  },
});
