import type { EventFilter, EventHeader } from '../../application/ports/event-store.js';

/** Says whether an event passes a filter: by its type, or by the beginning of its stream's name. */
export const passes = (
  filter: EventFilter | undefined,
): ((event: Pick<EventHeader, 'type' | 'streamId'>) => boolean) => {
  if (!filter || (!filter.types && !filter.streamPrefixes)) return () => true;
  const types = new Set<string>(filter.types);
  const prefixes = filter.streamPrefixes ?? [];
  return ({ type, streamId }) => types.has(type) || prefixes.some((prefix) => streamId.startsWith(prefix));
};
