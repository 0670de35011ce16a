import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import type { Users } from '../users/remembered-users.js';
import { relate } from './relate.js';

/** Keeps a user from writing directly to the actor, and from seeing whether the actor is online. The user is not notified. */
export const blockUser =
  (transact: Transact, users: Users) =>
  ({ userId: blockedId }: { readonly userId: UserId }, context: CommandContext) => {
    const data = { userId: context.actor, blockedId, at: context.now };
    return relate(transact, users, { command: { type: 'BlockUser', data }, other: blockedId }, context);
  };
