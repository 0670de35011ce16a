import {
  ConcurrencyError,
  EventIdConflictError,
  type AppendResult,
  type RecordedEvent,
} from '../../../application/ports/event-store.js';
import type { EventId, Position, StreamId } from '../../../domain/kernel/ids.js';
import { expectedOf } from './group-parameters.js';
import type { PendingAppend } from './pending-append.js';

/** A row of `log.append_group`. */
export interface OutcomeRow {
  readonly append: number | null;
  readonly status: 'appended' | 'repeated' | 'conflict' | 'id conflict';
  readonly last_position: string;
  readonly stream_id: StreamId;
  readonly expected: number;
  readonly actual: number;
  readonly event_id: EventId;
  readonly seen: readonly number[];
}

const resultOf = (row: OutcomeRow): AppendResult | Error => {
  if (row.status === 'conflict')
    return new ConcurrencyError(row.stream_id, expectedOf(row.expected), row.actual < 0 ? 'no stream' : row.actual);
  if (row.status === 'id conflict') return new EventIdConflictError(row.event_id);
  return { position: row.last_position as Position, repeated: row.status === 'repeated' };
};

/** Answers each caller of a group whose appends had to be judged one by one. */
export const settleEach = (group: readonly PendingAppend[], rows: readonly OutcomeRow[]): void => {
  const outcomes = new Map(rows.map((row) => [row.append, resultOf(row)]));
  group.forEach(({ resolve, reject }, index) => {
    const outcome = outcomes.get(index + 1);
    if (outcome === undefined) reject(new Error('the log did not answer for an append of the group'));
    else if (outcome instanceof Error) reject(outcome);
    else resolve(outcome);
  });
};

/** Answers each caller of a group that fitted as a whole, and gives its events as they now stand in the log. */
export const settleAll = (group: readonly PendingAppend[], head: number, seen: readonly number[]): RecordedEvent[] => {
  const recorded: RecordedEvent[] = [];
  let position = head;
  let touch = 0;
  for (const { touches, resolve } of group) {
    for (const { streamId, events } of touches) {
      let revision = seen[touch++] as number;
      for (const { event, encoded } of events) {
        position += 1;
        revision += 1;
        recorded.push({
          position: String(position) as Position,
          streamId,
          revision,
          eventId: event.eventId,
          type: event.type,
          schemaVersion: encoded.schemaVersion,
          // A reader of the table gets it like this. The command's own object may differ, or change.
          data: encoded.decoded.data,
          metadata: encoded.decoded.metadata,
        } as RecordedEvent); // the codec has encoded it: it is of the catalogue
      }
    }
    resolve({ position: String(position) as Position, repeated: false });
  }
  return recorded;
};
