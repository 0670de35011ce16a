import type { ConversationCommands } from '../../domain/conversations/commands.js';
import { conversation } from '../../domain/conversations/decider.js';
import type { CommandOf } from '../../domain/kernel/fact.js';
import type { CommandContext } from '../kernel/command-context.js';
import { step } from '../kernel/step.js';
import type { Transact } from '../kernel/transact.js';
import type { StreamCondition } from '../ports/event-store.js';

type Conditions = (attempt: number) => Promise<readonly StreamCondition[]>;

const none: Conditions = () => Promise.resolve([]);

/** Carries out one command on a conversation that exists. */
export const changeConversation = async (
  transact: Transact,
  command: CommandOf<ConversationCommands>,
  context: CommandContext,
  conditions: Conditions = none,
) => {
  const { position } = await transact(context, async (attempt) => ({
    steps: [step(conversation, command.data.conversationId, command)],
    require: await conditions(attempt),
    answer: () => ({}),
  }));
  return { position };
};
