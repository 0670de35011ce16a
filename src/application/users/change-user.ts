import type { CommandOf } from '../../domain/kernel/fact.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import type { UserCommands } from '../../domain/users/commands.js';
import { user } from '../../domain/users/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { StreamCondition } from '../ports/event-store.js';

type Conditions = (attempt: number) => Promise<readonly StreamCondition[]>;

const none: Conditions = () => Promise.resolve([]);

interface Changed {
  readonly position: Position;
  /** Whether there was nothing to do. */
  readonly repeated: boolean;
}

/** Carries out one command on a user. */
export const changeUser = async (
  transact: Transact,
  command: CommandOf<UserCommands>,
  context: CommandContext<UserId | null>,
  conditions: Conditions = none,
): Promise<Changed> => {
  const { position, repeated } = await transact(context, async (attempt) => ({
    decisions: [decision(user, command.data.userId, command)],
    require: await conditions(attempt),
    answer: () => ({}),
  }));
  return { position, repeated };
};
