import { conversation } from '../../domain/conversations/decider.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { RequireUsers } from './require-users.js';

/** Starts the conversation of two users, or finds it. */
export const startDirectConversation =
  (transact: Transact, identifiers: Identifiers, users: RequireUsers) =>
  async ({ userId }: { readonly userId: UserId }, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const conversationId = identifiers.directConversationId(by, userId);
    const command = { type: 'StartDirectConversation', data: { conversationId, with: userId, by, at } } as const;
    const starting = decision(conversation, conversationId, command, { expectNew: true });
    const { answer, position } = await transact(context, async (attempt) => ({
      decisions: [starting],
      require: userId === by ? [] : [await users.reachable(userId, by, attempt, 'user_not_found')],
      answer: (decided) => ({ conversationId, created: decided.some(({ facts }) => facts.length > 0) }),
    }));
    return { ...answer, position };
  };

export type StartDirectConversation = ReturnType<typeof startDirectConversation>;
