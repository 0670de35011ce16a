import type { CommandContext } from '../kernel/command-context.js';
import type { CheckPassword } from './check-password.js';
import type { EraseUser } from './erase-user.js';

/** Erases the actor, if they know their password. */
export const eraseOneself =
  (erase: EraseUser, check: CheckPassword) =>
  async ({ password }: { readonly password: string }, context: CommandContext) => {
    await check(context.actor, password, context.address);
    return erase(context.actor, context, () => Promise.resolve([]));
  };
