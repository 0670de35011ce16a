import { isOfType } from '../../application/kernel/is-of-type.js';
import type { RecentEvents } from '../../application/ports/projection-generations.js';
import type { ChatEvents, ChatEventType } from '../../domain/event-catalogue.js';
import type { Position } from '../../domain/kernel/ids.js';

/** The content of those events that are of this type. */
export const recentOf = <Type extends ChatEventType>(
  { events }: RecentEvents,
  type: Type,
): (ChatEvents[Type] & { readonly position: Position; readonly eventId: string })[] =>
  events
    .filter((event) => isOfType(event, type))
    .map(({ data, position, eventId }) => ({ ...data, position, eventId }));
