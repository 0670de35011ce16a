import type { ConversationId, MessageId } from '../../domain/kernel/ids.js';
import { reading } from '../../domain/reading/decider.js';
import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { CommandContext } from '../kernel/command-context.js';
import { step } from '../kernel/step.js';
import type { Transact } from '../kernel/transact.js';
import type { MessagePlaces } from '../messages/message-places.js';

export interface MarkReadInput {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
}

/** Marks everything up to a message as read; never moves back. */
export const markRead =
  (transact: Transact, access: ConversationAccess, places: MessagePlaces) =>
  async ({ conversationId, messageId }: MarkReadInput, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { position } = await transact(context, async (attempt) => {
      const membership = await access.requireMember(conversationId, by, { fresh: attempt > 0 });
      const { position: messagePosition } = await places.require(messageId, conversationId);
      const command = { type: 'MarkRead', data: { conversationId, messageId, messagePosition, by, at } } as const;
      return { steps: [step(reading, `${conversationId}-${by}`, command)], require: [membership], answer: () => ({}) };
    });
    return { position };
  };

export type MarkRead = ReturnType<typeof markRead>;
