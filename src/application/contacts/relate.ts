import type { CommandOf } from '../../domain/kernel/fact.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { UserCommands } from '../../domain/users/commands.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeUser } from '../users/change-user.js';
import type { Users } from '../users/remembered-users.js';

type Relation = Extract<keyof UserCommands, 'AddContact' | 'BlockUser'>;

/** Relates a user to another, who must be registered: rejects `user_not_found`. */
export const relate = async <Type extends Relation>(
  transact: Transact,
  users: Users,
  { command, other }: { readonly command: CommandOf<Pick<UserCommands, Type>>; readonly other: UserId },
  context: CommandContext,
) => {
  const { state } = await users.find(other, ({ status }) => status === 'registered');
  if (state.status !== 'registered') reject('user_not_found');
  return changeUser(transact, command as CommandOf<UserCommands>, context);
};
