import type { Settings } from '../../domain/users/settings.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeUser } from './change-user.js';

/** Changes the actor's settings. Those that are not given stay. */
export const changeSettings =
  (transact: Transact) =>
  (given: { readonly [Name in keyof Settings]?: Settings[Name] | undefined }, context: CommandContext) => {
    const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const data = { userId: context.actor, changes: changes as Partial<Settings>, at: context.now };
    return changeUser(transact, { type: 'ChangeSettings', data }, context);
  };
