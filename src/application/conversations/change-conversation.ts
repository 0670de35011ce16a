import type { ConversationCommands } from '../../domain/conversations/commands.js';
import { conversation } from '../../domain/conversations/decider.js';
import type { CommandOf } from '../../domain/kernel/fact.js';
import { streamOf } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';

const nothing = () => Promise.resolve();

/** Carries out one command on a conversation that exists, after a check that is given. One command at a time runs on this node. */
export const changeConversation = async (
  transact: Transact,
  command: CommandOf<ConversationCommands>,
  context: CommandContext,
  check: () => Promise<void> = nothing,
) => {
  const { conversationId } = command.data;
  const plan = async () => {
    await check();
    return { decisions: [decision(conversation, conversationId, command)], answer: () => ({}) };
  };
  const { position } = await transact(context, plan, streamOf(conversation.category, conversationId));
  return { position };
};

type ChangeInput<Type extends keyof ConversationCommands> = Readonly<Omit<ConversationCommands[Type], 'by' | 'at'>>;

/** Makes the use case of a command that needs nothing but the conversation itself. It adds the actor and the time. */
export const conversationChange =
  <Type extends keyof ConversationCommands>(transact: Transact, type: Type) =>
  (input: ChangeInput<Type>, context: CommandContext) => {
    const command = { type, data: { ...input, by: context.actor, at: context.now } };
    return changeConversation(transact, command as unknown as CommandOf<ConversationCommands>, context);
  };
