import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeConversation } from './change-conversation.js';
import type { RequireUsers } from './require-users.js';

/** Adds users to a group. Those who are members already stay as they are. */
export const addMembers =
  (transact: Transact, users: RequireUsers) =>
  (
    { conversationId, userIds }: { readonly conversationId: ConversationId; readonly userIds: readonly UserId[] },
    context: CommandContext,
  ) => {
    const joining = [...new Set(userIds)];
    const data = { conversationId, userIds: joining, by: context.actor, at: context.now };
    return changeConversation(transact, { type: 'AddMembers', data }, context, () =>
      users.registered(joining, 'unknown_member'),
    );
  };
