import type { PreferencesEvents } from '../../domain/preferences/events.js';
import { isKnown, memberKey, type MessagesTables } from './messages-tables.js';
import type { Projected, Projector } from './projector.js';

/** How members keep their conversations. */
export interface PreferencesWriter {
  change(event: Projected<PreferencesEvents['PreferencesChanged']>): void;
}

/** The preferences of members. */
export const preferences: Projector<PreferencesEvents, { readonly preferences: PreferencesWriter }> = {
  name: 'preferences',
  on: { PreferencesChanged: (write, event) => write.preferences.change(event) },
};

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const preferencesRows = (tables: MessagesTables): PreferencesWriter => ({
  change: ({ data: { conversationId, userId, muted, archived, pinned }, position }) => {
    if (tables.erased.has(userId)) return;
    const key = memberKey(conversationId, userId);
    const before = tables.preferences.get(key);
    if (before && isKnown(before, { position })) return;
    tables.preferences.set(key, { conversationId, userId, preferences: { muted, archived, pinned }, position });
  },
});
