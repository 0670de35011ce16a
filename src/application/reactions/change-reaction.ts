import type { CommandOf } from '../../domain/kernel/fact.js';
import { streamOf, type MessageId, type StreamId, type UserId } from '../../domain/kernel/ids.js';
import { reaction, reactionsId, type ReactionCommands } from '../../domain/reactions/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { MessageMembership } from '../messages/message-access.js';

export interface ReactionInput {
  readonly messageId: MessageId;
  readonly emoji: string;
}

/** The commands of one user on one message are carried out one after another on this node. */
export const reactionQueue = (messageId: MessageId, userId: UserId): StreamId =>
  streamOf(reaction.category, reactionsId(messageId, userId));

/** Plans what a user does with their reactions to a message. Most have none yet: the first attempt to add one reads nothing. */
export const planReaction = (
  type: keyof ReactionCommands,
  { messageId, emoji }: ReactionInput,
  { actor: by, now: at }: CommandContext,
  { conversationId, conditions }: MessageMembership,
) => {
  const command: CommandOf<ReactionCommands> = { type, data: { messageId, conversationId, emoji, by, at } };
  return {
    decisions: [decision(reaction, reactionsId(messageId, by), command, { expectNew: type === 'AddReaction' })],
    require: conditions,
    answer: () => ({}),
  };
};
