import type { ConversationId, Instant, UserId } from '../kernel/ids.js';
import type { Preferences } from './preferences.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type PreferencesEvents = {
  /** All preferences as they are from then on. */
  PreferencesChanged: { conversationId: ConversationId; userId: UserId; changedAt: Instant } & Preferences;
};
