import { streamOf, type ConversationId, type MessageId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { message } from '../../domain/messages/decider.js';
import { pins } from '../../domain/pins/decider.js';
import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import { load, unchanged } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';

export interface PinInput {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
}

/** The message has to be one of the conversation, and not to be deleted meanwhile. Answers the condition for that. */
const requireVisible = async (store: EventStore, { conversationId, messageId }: PinInput): Promise<StreamCondition> => {
  const loaded = await load(store, message, messageId);
  const { state } = loaded;
  const isThere = state.status === 'visible' && state.original.conversationId === conversationId;
  return isThere ? unchanged(loaded) : reject('message_not_found', { messageId });
};

/** Pins a message in its conversation, for all members. Whoever may write there may do so. */
export const pinMessage =
  (transact: Transact, access: ConversationAccess, store: EventStore) =>
  async (input: PinInput, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { conversationId } = input;
    const plan = async (attempt: number) => {
      const { conditions } = await access.requirePoster(conversationId, by, attempt);
      const visible = await requireVisible(store, input);
      const command = { type: 'PinMessage', data: { ...input, by, at } } as const;
      return {
        decisions: [decision(pins, conversationId, command)],
        require: [...conditions, visible],
        answer: () => ({}),
      };
    };
    const { position } = await transact(context, plan, streamOf(pins.category, conversationId));
    return { position };
  };
