import type { ConversationId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeConversation } from './change-conversation.js';

/** Gives a group another title. */
export const renameConversation =
  (transact: Transact) =>
  (input: { readonly conversationId: ConversationId; readonly title: string }, context: CommandContext) => {
    const data = { ...input, by: context.actor, at: context.now };
    return changeConversation(transact, { type: 'RenameConversation', data }, context);
  };
