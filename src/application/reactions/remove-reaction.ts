import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import type { MessageAccess } from '../messages/message-access.js';
import { planReaction, reactionQueue, type ReactionInput } from './change-reaction.js';

/** Takes a reaction back. Any member may do so with their own. */
export const removeReaction =
  (transact: Transact, access: MessageAccess) => async (input: ReactionInput, context: CommandContext) => {
    const { messageId } = input;
    const { actor } = context;
    const plan = async (attempt: number) =>
      planReaction('RemoveReaction', input, context, await access.requireMember(messageId, actor, attempt));
    const { position } = await transact(context, plan, reactionQueue(messageId, actor));
    return { position };
  };
