import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeUser } from '../users/change-user.js';

/** Takes a user from one's contacts; nothing comes of it for somebody who is none. */
export const removeContact =
  (transact: Transact) =>
  ({ userId: contactId }: { readonly userId: UserId }, context: CommandContext) => {
    const data = { userId: context.actor, contactId, at: context.now };
    return changeUser(transact, { type: 'RemoveContact', data }, context);
  };
