import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { UserRole } from '../../domain/users/roles.js';
import { unchanged } from '../kernel/loaded.js';
import type { StreamCondition } from '../ports/event-store.js';
import type { Users } from '../users/remembered-users.js';

/**
 * Answers the condition under which a user has a role: as the log has it now, whatever their token says, so that a role that
 * was taken away is gone with the next request. Rejects `forbidden`.
 */
export type RequireRole = (userId: UserId, role: UserRole) => Promise<StreamCondition>;

export const requireRole =
  (users: Users): RequireRole =>
  async (userId, role) => {
    const found = await users.current(userId);
    const { state } = found;
    if (state.status !== 'registered' || !state.roles.has(role)) reject('forbidden');
    return unchanged(found);
  };
