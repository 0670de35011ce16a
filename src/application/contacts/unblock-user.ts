import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changePerson } from '../users/change-person.js';

/** Lets somebody write to one again. */
export const unblockUser =
  (transact: Transact) =>
  ({ userId: blockedId }: { readonly userId: UserId }, context: CommandContext) => {
    const data = { userId: context.actor, blockedId, at: context.now };
    return changePerson(transact, { type: 'UnblockUser', data }, context);
  };
