import { reject } from '../../domain/kernel/rejections.js';
import { MAX_EMOJIS } from '../../domain/reactions/emoji.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import type { MessageAccess } from '../messages/message-access.js';
import type { MessageViews } from '../ports/message-views.js';
import { planReaction, reactionQueue, type ReactionInput } from './change-reaction.js';

/**
 * Reads the view, which may be late, so that nobody waits for another who reacts. It only keeps from the log what would not
 * be shown: the view itself shows no reactions to a tombstone, and 20 different ones at most.
 */
const requireShown = async (views: Pick<MessageViews, 'find'>, { messageId, emoji }: ReactionInput): Promise<void> => {
  const shown = await views.find(messageId);
  if (!shown) return;
  if (shown.deletedAt !== null) reject('message_not_found', { messageId });
  const isNew = shown.reactions.every((each) => each.emoji !== emoji);
  if (isNew && shown.reactions.length >= MAX_EMOJIS) reject('reactions_full', { messageId });
};

/** Reacts to a message with an emoji. The user may do so as long as they may write in the conversation. */
export const addReaction =
  (transact: Transact, access: MessageAccess, views: Pick<MessageViews, 'find'>) =>
  async (input: ReactionInput, context: CommandContext) => {
    const { messageId } = input;
    const { actor } = context;
    const plan = async (attempt: number) => {
      const membership = await access.requirePoster(messageId, actor, attempt);
      if (attempt === 0) await requireShown(views, input);
      return planReaction('AddReaction', input, context, membership);
    };
    const { position } = await transact(context, plan, reactionQueue(messageId, actor));
    return { position };
  };
