import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { Position } from '../../../domain/kernel/ids.js';

/** The newest part of the log, up to where a projection has come; without what is parked. */
export interface RecentEvents {
  readonly events: readonly RecordedEvent[];
  readonly after: Position;
  readonly to: Position;
}

/** Asks tables for what these events must have left there: each row of the answer has a `problem`, and where it is in the log. */
export interface RecentQuestion {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The content of those events that are of this type. */
export const recentOf = <Events, Type extends keyof Events & string>(
  { events }: RecentEvents,
  type: Type,
): (Events[Type] & { readonly position: Position; readonly eventId: string })[] =>
  events
    .filter((event) => event.type === type)
    .map(({ data, position, eventId }) => ({ ...(data as Events[Type]), position, eventId }));
