import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeUser } from '../users/change-user.js';
import { asAdmin } from './as-admin.js';
import type { RoleInput } from './grant-role.js';
import type { RequireRole } from './require-role.js';

/** Takes a role away, for an admin or, without an actor, for the command-line tool. It is gone with the next request. */
export const revokeRole =
  (transact: Transact, requireRole: RequireRole) =>
  ({ userId, role }: RoleInput, context: CommandContext<UserId | null>) => {
    const data = { userId, role, by: context.actor, at: context.now };
    return changeUser(transact, { type: 'RevokeRole', data }, context, asAdmin(requireRole, context, userId));
  };
