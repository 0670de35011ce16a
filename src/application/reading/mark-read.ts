import type { ConversationId, MessageId } from '../../domain/kernel/ids.js';
import { reading } from '../../domain/reading/decider.js';
import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import { unchanged } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { Users } from '../users/remembered-users.js';
import type { MessagePlaces } from '../messages/message-places.js';

export interface MarkReadInput {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
}

/** Marks everything up to a message as read, and never moves back. Others do not learn it of a user who shows no receipts. */
export const markRead =
  (transact: Transact, access: ConversationAccess, places: MessagePlaces, users: Users) =>
  async ({ conversationId, messageId }: MarkReadInput, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { position } = await transact(context, async (attempt) => {
      const { conditions } = await access.requireMember(conversationId, by, attempt);
      const { sentPosition: messagePosition } = await places.require(messageId, conversationId);
      const reader = await users.find(by, ({ status }) => status === 'registered', attempt);
      const isShown = reader.state.status === 'registered' && reader.state.settings.readReceipts;
      const data = { conversationId, messageId, messagePosition, isShown, by, at };
      return {
        decisions: [decision(reading, `${conversationId}-${by}`, { type: 'MarkRead', data })],
        // If receipts were switched off a moment ago, the append is refused, and decided again.
        require: [...conditions, unchanged(reader)],
        answer: () => ({}),
      };
    });
    return { position };
  };
