import type { ConversationId } from '../../domain/kernel/ids.js';
import { preferences, preferencesId } from '../../domain/preferences/decider.js';
import type { Preferences } from '../../domain/preferences/preferences.js';
import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';

export interface ChangePreferencesInput {
  readonly conversationId: ConversationId;
  readonly changes: Readonly<Partial<Preferences>>;
}

/** Changes how a member keeps a conversation. */
export const changePreferences =
  (transact: Transact, access: ConversationAccess) =>
  async ({ conversationId, changes }: ChangePreferencesInput, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { position } = await transact(context, async (attempt) => {
      const { conditions } = await access.requireMember(conversationId, by, attempt);
      const command = { type: 'ChangePreferences', data: { conversationId, changes, by, at } } as const;
      return {
        decisions: [decision(preferences, preferencesId(conversationId, by), command)],
        require: conditions,
        answer: () => ({}),
      };
    });
    return { position };
  };
