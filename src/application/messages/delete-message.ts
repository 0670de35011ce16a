import type { MessageId, UserId } from '../../domain/kernel/ids.js';
import type { StartedConversation } from '../../domain/conversations/state.js';
import { message } from '../../domain/messages/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { MessageAccess } from './message-access.js';

/** Nobody has such a role in a direct conversation. */
const moderates = ({ members }: StartedConversation, userId: UserId): boolean => {
  const role = members.get(userId);
  return role === 'owner' || role === 'admin';
};

/** Deletes a message. Its sender may, and the owners and admins of the group, as they are at that very revision. */
export const deleteMessage =
  (transact: Transact, access: MessageAccess) =>
  async ({ messageId }: { readonly messageId: MessageId }, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { position } = await transact(context, async (attempt) => {
      const { conversation, conditions } = await access.requireMember(messageId, by, attempt);
      const data = { messageId, isModerator: moderates(conversation, by), by, at };
      return {
        decisions: [decision(message, messageId, { type: 'DeleteMessage', data })],
        require: conditions,
        answer: () => ({}),
      };
    });
    return { position };
  };
