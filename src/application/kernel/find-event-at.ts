import type { Position } from '../../domain/kernel/ids.js';
import type { EventStore, RecordedEvent } from '../ports/event-store.js';

/** Finds the event at a position; undefined where the log has none. Raises `UndecodableEventError`. */
export const findEventAt = async (
  events: Pick<EventStore, 'readAll' | 'positionBefore'>,
  position: Position,
): Promise<RecordedEvent | undefined> => {
  const after = await events.positionBefore(position, 1);
  for await (const event of events.readAll({ after, limit: 1 })) if (event.position === position) return event;
  return undefined;
};
