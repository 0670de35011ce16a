import type { Transact } from '../kernel/transact.js';
import type { People } from '../users/people.js';
import { grantRole } from './grant-role.js';
import { listRoles } from './list-roles.js';
import type { RequireRole } from './require-role.js';
import { revokeRole } from './revoke-role.js';

export interface RolePorts {
  readonly transact: Transact;
  readonly people: People;
  readonly requireRole: RequireRole;
}

/** The roles of users. */
export const roleUseCases = ({ transact, people, requireRole }: RolePorts) => ({
  grantRole: grantRole(transact, requireRole),
  revokeRole: revokeRole(transact, requireRole),
  listRoles: listRoles(people, requireRole),
});

export type RoleUseCases = ReturnType<typeof roleUseCases>;
