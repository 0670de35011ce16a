import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { EventStore } from '../ports/event-store.js';
import type { ProjectionProgress } from '../ports/projection-progress.js';

const WAIT_MS = 5_000;

/** What changes who may see somebody: by what they set, or by whom they know. */
const TYPES: readonly ChatEventType[] = [
  'SettingsChanged',
  'UserBlocked',
  'UserUnblocked',
  'ContactAdded',
  'ContactRemoved',
  'UserErased',
];

/** Tells whose audience has changed, once the read model that answers for it knows; until the signal. */
export const followPresenceAudience = async (
  { store, progress }: { readonly store: EventStore; readonly progress: ProjectionProgress },
  changed: (userId: UserId) => void,
  signal: AbortSignal,
): Promise<void> => {
  const after = await store.head();
  for await (const { events } of store.subscribe({ after, filter: { types: TYPES }, signal })) {
    const last = events.at(-1);
    if (!last) continue;
    while (!signal.aborted && !(await progress.waitFor('users', last.position, WAIT_MS))) continue;
    for (const userId of new Set(events.map(({ data }) => (data as { readonly userId: UserId }).userId)))
      changed(userId);
  }
};
