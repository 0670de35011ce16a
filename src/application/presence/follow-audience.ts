import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
import { isOfType } from '../kernel/is-of-type.js';
import type { EventStore } from '../ports/event-store.js';
import type { ProjectionProgress } from '../ports/projection-progress.js';

const WAIT_MS = 5_000;

/** The events that change who may see a user: by their settings, or by whom they know. */
const TYPES = [
  'SettingsChanged',
  'UserBlocked',
  'UserUnblocked',
  'ContactAdded',
  'ContactRemoved',
  'UserErased',
] as const satisfies readonly ChatEventType[];

/** Answers whose audience has changed after a position, once the read model that answers for it shows it. */
export const followPresenceAudience = (
  { store, progress }: { readonly store: EventStore; readonly progress: ProjectionProgress },
  after: Position,
  changed: (userId: UserId) => Promise<void>,
): Work =>
  followLog({
    store,
    types: TYPES,
    after,
    take: async ({ events }, signal) => {
      const last = events.at(-1);
      if (!last) return;
      while (!signal.aborted && !(await progress.waitFor('users', last.position, WAIT_MS))) continue;
      const ofUsers = events.filter((event) => isOfType(event, ...TYPES));
      for (const userId of new Set(ofUsers.map(({ data }) => data.userId))) await changed(userId);
    },
  });
