import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import type { Users } from '../users/remembered-users.js';
import { relate } from './relate.js';

/** Adds a user to the contacts of the actor. The user is not notified. */
export const addContact =
  (transact: Transact, users: Users) =>
  ({ userId: contactId }: { readonly userId: UserId }, context: CommandContext) => {
    const data = { userId: context.actor, contactId, at: context.now };
    return relate(transact, users, { command: { type: 'AddContact', data }, other: contactId }, context);
  };
