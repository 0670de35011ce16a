import { conversation } from '../../domain/conversations/decider.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { RequireUsers } from './require-users.js';

/** Starts a group, which the actor owns. */
export const startGroup =
  (transact: Transact, identifiers: Identifiers, users: RequireUsers) =>
  async (
    { title, memberIds }: { readonly title: string; readonly memberIds: readonly UserId[] },
    context: CommandContext,
  ) => {
    const { actor: by, now: at } = context;
    const conversationId = identifiers.newConversationId();
    const others = [...new Set(memberIds)].filter((userId) => userId !== by);
    const command = { type: 'StartGroup', data: { conversationId, title, memberIds: others, by, at } } as const;
    const { answer, position } = await transact(context, async () => {
      await users.registered(others, 'unknown_member');
      return {
        decisions: [decision(conversation, conversationId, command, { expectNew: true })],
        answer: () => ({ conversationId, created: true }),
      };
    });
    return { ...answer, position };
  };
