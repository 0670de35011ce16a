import { eventsBehind } from '../kernel/events-behind.js';
import type { EventStore } from '../ports/event-store.js';
import type { ProjectionStatus } from '../ports/projection-operations.js';
import type { ProjectionStatuses } from '../ports/projection-statuses.js';

/** Answers where all projections are, and how far each is behind the log. */
export const listWithLag = async (
  statuses: Pick<ProjectionStatuses, 'list'>,
  events: Pick<EventStore, 'head' | 'countBetween'>,
): Promise<readonly ProjectionStatus[]> => {
  const all = await statuses.list();
  // Asked last: no projection is further than the log.
  const head = await events.head();
  const behind = await eventsBehind(
    events,
    all.map(({ position }) => position),
    head,
  );
  return all.map((each) => ({ ...each, behind: behind.get(each.position) ?? 0 }));
};
