import type { MessageId, UserId } from '../../domain/kernel/ids.js';
import type { StartedConversation } from '../../domain/conversations/state.js';
import { message } from '../../domain/messages/decider.js';
import { pins, type PinCommands } from '../../domain/pins/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import { load, unchanged } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { EventStore } from '../ports/event-store.js';
import type { MessageAccess } from './message-access.js';

/** Nobody has such a role in a direct conversation. */
const moderates = ({ members }: StartedConversation, userId: UserId): boolean => {
  const role = members.get(userId);
  return role === 'owner' || role === 'admin';
};

/** Takes a message down where it is pinned, and has it not pinned meanwhile where it is not. */
const takenDown = async (store: EventStore, data: PinCommands['UnpinMessage']) => {
  const loaded = await load(store, pins, data.conversationId);
  return loaded.state.pinned.has(data.messageId)
    ? { decisions: [decision(pins, data.conversationId, { type: 'UnpinMessage', data })], conditions: [] }
    : { decisions: [], conditions: [unchanged(loaded)] };
};

/** Deletes a message, which is pinned no more. Its sender may, and the owners and admins of the group, as they are at that very revision. */
export const deleteMessage =
  (transact: Transact, access: MessageAccess, store: EventStore) =>
  async ({ messageId }: { readonly messageId: MessageId }, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { position } = await transact(context, async (attempt) => {
      const { conversationId, conversation, conditions } = await access.requireMember(messageId, by, attempt);
      const taken = await takenDown(store, { messageId, conversationId, by, at });
      const data = { messageId, isModerator: moderates(conversation, by), by, at };
      return {
        decisions: [decision(message, messageId, { type: 'DeleteMessage', data }), ...taken.decisions],
        require: [...conditions, ...taken.conditions],
        answer: () => ({}),
      };
    });
    return { position };
  };
