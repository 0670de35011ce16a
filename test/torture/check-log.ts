import type { EventStore } from '../../src/application/ports/event-store.js';
import type { ChatEvents } from '../../src/domain/event-catalogue.js';
import type { EventId, Position, StreamId } from '../../src/domain/kernel/ids.js';

/** An append whose caller was told of its success. */
export interface Acknowledged {
  /** The position of its last event. */
  readonly position: Position;
  readonly eventIds: readonly EventId[];
}

/** Answers what is in the log, and what is wrong with its order. */
const readLog = async (store: EventStore) => {
  const faults: string[] = [];
  const positions = new Map<EventId, Position>();
  const revisions = new Map<StreamId, number>();
  const together = new Map<string, number>();
  let events = 0;
  for await (const { position, streamId, revision, eventId, data } of store.readAll()) {
    events += 1;
    if (Number(position) !== events) faults.push(`position ${position} stands where ${events} should`);
    const expected = (revisions.get(streamId) ?? -1) + 1;
    if (revision !== expected) faults.push(`${streamId} has revision ${revision} where ${expected} should be`);
    revisions.set(streamId, revision);
    if (positions.has(eventId)) faults.push(`event ${eventId} is there twice`);
    positions.set(eventId, position);
    const note = String((data as ChatEvents['RequestAccepted']).answer['note']);
    together.set(note, (together.get(note) ?? 0) + 1);
  }
  return { faults, positions, together, events };
};

const faultOf = ({ position, eventIds }: Acknowledged, positions: ReadonlyMap<EventId, Position>): string[] => {
  const found = eventIds.map((eventId) => positions.get(eventId));
  if (found.includes(undefined)) return [`the acknowledged append at ${position} is not there`];
  return found.at(-1) === position ? [] : [`the append acknowledged at ${position} stands elsewhere`];
};

/** Answers the faults of the log; there are none when it holds what it should. */
export const checkLog = async (
  store: EventStore,
  acknowledged: readonly Acknowledged[],
): Promise<{ faults: string[]; events: number }> => {
  const { faults, positions, together, events } = await readLog(store);
  for (const [note, count] of together)
    if (count !== Number(note.split('/')[1]))
      faults.push(`of the atomic append ${note} only ${count} events are there`);
  faults.push(...acknowledged.flatMap((append) => faultOf(append, positions)));
  return { faults, events };
};
