import type { Role } from '../../domain/conversations/events.js';
import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeConversation } from './change-conversation.js';

/** Makes a member an owner, an admin, or a plain member. */
export const changeMemberRole =
  (transact: Transact) =>
  (
    input: { readonly conversationId: ConversationId; readonly userId: UserId; readonly role: Role },
    context: CommandContext,
  ) => {
    const data = { ...input, by: context.actor, at: context.now };
    return changeConversation(transact, { type: 'ChangeMemberRole', data }, context);
  };
