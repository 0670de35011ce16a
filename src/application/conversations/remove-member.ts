import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeConversation } from './change-conversation.js';

/** Removes a user from a group; oneself to leave. */
export const removeMember =
  (transact: Transact) =>
  (input: { readonly conversationId: ConversationId; readonly userId: UserId }, context: CommandContext) => {
    const data = { ...input, by: context.actor, at: context.now };
    return changeConversation(transact, { type: 'RemoveMember', data }, context);
  };
