import type { RecentEvents } from '../../../application/ports/projection-generations.js';
import type { Position } from '../../../domain/kernel/ids.js';

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
