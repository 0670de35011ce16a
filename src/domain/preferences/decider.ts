import type { Decider } from '../kernel/decider.js';
import type { ConversationId, Instant, UserId } from '../kernel/ids.js';
import type { PreferencesEvents } from './events.js';
import { DEFAULT_PREFERENCES, type Preferences } from './preferences.js';

export type PreferencesCommands = {
  ChangePreferences: {
    conversationId: ConversationId;
    /** Preferences that are left out stay as they are. */
    changes: Readonly<Partial<Preferences>>;
    by: UserId;
    at: Instant;
  };
};

/** The id of the preferences of one member of one conversation. */
export const preferencesId = (conversationId: ConversationId, userId: UserId): string => `${conversationId}-${userId}`;

/** The preferences of one member for one conversation. They outlast the membership. */
export const preferences: Decider<PreferencesCommands, PreferencesEvents, Readonly<Preferences>> = {
  category: 'preferences',
  initial: DEFAULT_PREFERENCES,
  decide: {
    ChangePreferences: ({ conversationId, changes, by, at }, { muted, archived, pinned }) => {
      const wanted = { muted, archived, pinned, ...changes };
      const isSame = wanted.muted === muted && wanted.archived === archived && wanted.pinned === pinned;
      if (isSame) return [];
      return [{ type: 'PreferencesChanged', data: { conversationId, userId: by, ...wanted, changedAt: at } }];
    },
  },
  evolve: { PreferencesChanged: (_, { muted, archived, pinned }) => ({ muted, archived, pinned }) },
};
