import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { Position } from '../../domain/kernel/ids.js';
import { earlierOf, hasReached } from '../../domain/kernel/position.js';
import type { EventStore } from '../ports/event-store.js';
import type { ProjectionStatuses } from '../ports/projection-statuses.js';
import type { RawLog } from '../ports/raw-log.js';
import type { LookUpProgress } from './announced-progress.js';
import { handledTypes } from './projector.js';

/** The log, whose events are looked for and not opened: this node may not know the key of one, and is told how far others are. */
type Events = Pick<EventStore, 'head' | 'positionBefore'> & { readonly raw: Pick<RawLog, 'readAll'> };

/** Answers the position of the first event of these types after a position. */
const findNext = async (
  { raw }: Events,
  after: Position,
  types: readonly ChatEventType[],
): Promise<Position | undefined> => {
  for await (const { position } of raw.readAll({ after, filter: { types }, limit: 1 })) return position;
  return undefined;
};

/**
 * Looks up how far projections have come, whichever node runs them: the last position, up to the one given and the last in
 * the log, before an event that the projection has yet to take.
 */
export const lookUpProgress = (
  events: Events,
  statuses: Pick<ProjectionStatuses, 'checkpoint'>,
  projections: readonly (Parameters<typeof handledTypes>[0] & { readonly name: string })[],
): LookUpProgress => {
  const types = new Map(projections.map((projection) => [projection.name, handledTypes(projection)]));
  return async (name, position) => {
    const checkpoint = await statuses.checkpoint(name);
    if (checkpoint === undefined) return null;
    // This is asked before the events are looked at: what is appended meanwhile stands after it.
    const head = await events.head();
    const upTo = earlierOf(head, position);
    if (hasReached(checkpoint, upTo)) return upTo;
    const next = await findNext(events, checkpoint, types.get(name) ?? []);
    return next === undefined || !hasReached(upTo, next) ? upTo : events.positionBefore(next, 1);
  };
};
