import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { Transact } from '../kernel/transact.js';
import { changePreferences } from './change-preferences.js';

export interface PreferencesPorts {
  readonly transact: Transact;
  readonly access: ConversationAccess;
}

/** The preferences of members for their conversations. */
export const preferencesUseCases = ({ transact, access }: PreferencesPorts) => ({
  changePreferences: changePreferences(transact, access),
});

export type PreferencesUseCases = ReturnType<typeof preferencesUseCases>;
