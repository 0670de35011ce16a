import type { Transact } from '../kernel/transact.js';
import type { Users } from '../users/remembered-users.js';
import { grantRole } from './grant-role.js';
import { listRoles } from './list-roles.js';
import type { RequireRole } from './require-role.js';
import { revokeRole } from './revoke-role.js';

export interface RolePorts {
  readonly transact: Transact;
  readonly users: Users;
  readonly requireRole: RequireRole;
}

/** The roles of users. */
export const roleUseCases = ({ transact, users, requireRole }: RolePorts) => ({
  grantRole: grantRole(transact, requireRole),
  revokeRole: revokeRole(transact, requireRole),
  listRoles: listRoles(users, requireRole),
});

export type RoleUseCases = ReturnType<typeof roleUseCases>;
