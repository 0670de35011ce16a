import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeUser } from '../users/change-user.js';

/** Removes a user from the contacts of the actor. It changes nothing where the user is no contact. */
export const removeContact =
  (transact: Transact) =>
  ({ userId: contactId }: { readonly userId: UserId }, context: CommandContext) => {
    const data = { userId: context.actor, contactId, at: context.now };
    return changeUser(transact, { type: 'RemoveContact', data }, context);
  };
