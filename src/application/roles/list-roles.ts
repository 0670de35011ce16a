import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { UserRole } from '../../domain/users/roles.js';
import type { Users } from '../users/remembered-users.js';
import type { RequireRole } from './require-role.js';

/** Lists the roles of a user, for an admin. */
export const listRoles =
  (users: Users, requireRole: RequireRole) =>
  async (viewer: UserId, userId: UserId): Promise<readonly UserRole[]> => {
    await requireRole(viewer, 'admin');
    const { state } = await users.current(userId);
    return state.status === 'registered' ? [...state.roles].sort() : reject('user_not_found');
  };
