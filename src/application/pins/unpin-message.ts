import { streamOf } from '../../domain/kernel/ids.js';
import { pins } from '../../domain/pins/decider.js';
import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { PinInput } from './pin-message.js';

/** Takes a message down from where it is pinned. Any member may do so. */
export const unpinMessage =
  (transact: Transact, access: ConversationAccess) => async (input: PinInput, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { conversationId } = input;
    const plan = async (attempt: number) => {
      const { conditions } = await access.requireMember(conversationId, by, attempt);
      const command = { type: 'UnpinMessage', data: { ...input, by, at } } as const;
      return { decisions: [decision(pins, conversationId, command)], require: conditions, answer: () => ({}) };
    };
    const { position } = await transact(context, plan, streamOf(pins.category, conversationId));
    return { position };
  };
