import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import { asAdmin } from '../roles/as-admin.js';
import type { RequireRole } from '../roles/require-role.js';
import type { EraseUser } from './erase-user.js';

/** Erases a user, for an admin or, without an actor, for the command-line tool. */
export const eraseOther =
  (erase: EraseUser, requireRole: RequireRole) =>
  ({ userId }: { readonly userId: UserId }, context: CommandContext<UserId | null>) =>
    erase(userId, context, asAdmin(requireRole, context, userId));
