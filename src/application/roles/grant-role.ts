import type { UserId } from '../../domain/kernel/ids.js';
import type { UserRole } from '../../domain/users/roles.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeUser } from '../users/change-user.js';
import { asAdmin } from './as-admin.js';
import type { RequireRole } from './require-role.js';

/** A role of a user. */
export interface RoleInput {
  readonly userId: UserId;
  readonly role: UserRole;
}

/** Gives a user a role, for an admin or, without an actor, for the command-line tool. */
export const grantRole =
  (transact: Transact, requireRole: RequireRole) =>
  ({ userId, role }: RoleInput, context: CommandContext<UserId | null>) => {
    const data = { userId, role, by: context.actor, at: context.now };
    return changeUser(transact, { type: 'GrantRole', data }, context, asAdmin(requireRole, context, userId));
  };
