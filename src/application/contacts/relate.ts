import type { CommandOf } from '../../domain/kernel/fact.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { UserCommands } from '../../domain/users/commands.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changePerson } from '../users/change-person.js';
import type { People } from '../users/people.js';

type Relation = Extract<keyof UserCommands, 'AddContact' | 'BlockUser'>;

/** Sets a person in relation to another, who must be there: rejects `user_not_found`. */
export const relate = async <Type extends Relation>(
  transact: Transact,
  people: People,
  { command, other }: { readonly command: CommandOf<Pick<UserCommands, Type>>; readonly other: UserId },
  context: CommandContext,
) => {
  const { state } = await people.find(other, ({ status }) => status === 'registered');
  if (state.status !== 'registered') reject('user_not_found');
  return changePerson(transact, command as CommandOf<UserCommands>, context);
};
