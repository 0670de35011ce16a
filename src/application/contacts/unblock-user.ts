import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeUser } from '../users/change-user.js';

/** Lets a user write to the actor again. */
export const unblockUser =
  (transact: Transact) =>
  ({ userId: blockedId }: { readonly userId: UserId }, context: CommandContext) => {
    const data = { userId: context.actor, blockedId, at: context.now };
    return changeUser(transact, { type: 'UnblockUser', data }, context);
  };
