import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { RecordedEvent } from '../ports/event-store.js';

/** Says whether an event is of one of these types. */
export const isOfType = <Type extends ChatEventType>(
  event: RecordedEvent,
  ...types: readonly Type[]
): event is RecordedEvent & RecordedEvent<Type> => types.some((type) => type === event.type);
