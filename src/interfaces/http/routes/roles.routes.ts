import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { roles } from '../../schemas/answers.js';
import { userId, userRole } from '../../schemas/fields.js';
import { route, type Route } from '../route.js';

const tag = 'Roles';

const params = z.strictObject({ userId, role: userRole });

export const roleRoutes = (useCases: UseCases): Route[] => [
  route('get', '/user/v1/users/:userId/roles', {
    tag,
    summary: 'The roles of somebody; for admins',
    params: z.strictObject({ userId }),
    answers: { 200: roles },
    refusals: ['forbidden', 'user_not_found'],
    handle: async ({ params: of, context }) => ({
      body: { roles: await useCases.listRoles(context.actor, of.userId) },
    }),
  }),
  route('put', '/user/v1/users/:userId/roles/:role', {
    tag,
    summary: 'Grant a role; for admins',
    params,
    answers: { 204: null },
    refusals: ['forbidden', 'user_not_found'],
    handle: ({ params: of, context }) => useCases.grantRole(of, context),
  }),
  route('delete', '/user/v1/users/:userId/roles/:role', {
    tag,
    summary: 'Take a role away; it is gone with the next request; for admins',
    params,
    answers: { 204: null },
    refusals: ['forbidden', 'user_not_found'],
    handle: ({ params: of, context }) => useCases.revokeRole(of, context),
  }),
];
