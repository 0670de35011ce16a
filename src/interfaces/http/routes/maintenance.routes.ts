import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import {
  begunMaintenance,
  maintenanceHeaders,
  projectionDetails,
  projectionName,
  projections,
  rebuildChoices,
} from '../../schemas/maintenance.js';
import { route, type Route, type RouteAnswer } from '../route.js';

const tag = 'Operations';
const params = z.strictObject({ name: projectionName });
const answers = { 202: begunMaintenance };
const refusals = [
  'forbidden',
  'audit_reason_required',
  'projection_not_found',
  'maintenance_under_way',
  'too_much_maintenance',
] as const;

type Begun = Awaited<ReturnType<UseCases['startMaintenance']>>;

/** It goes on beside the requests: the projection says how far it is, and what has come of it. */
const accepted = (begun: Begun): RouteAnswer => ({ status: 202, body: begun, position: begun.position });

const asked = (name: string, headers: z.output<typeof maintenanceHeaders>) => ({
  projection: name,
  reason: headers['x-audit-reason'] ?? null,
});

export const maintenanceRoutes = (useCases: UseCases): Route[] => [
  route('get', '/ops/v1/projections', {
    tag,
    summary: 'Where read models stand, and what is being done with them; for operators',
    answers: { 200: projections },
    refusals: ['forbidden'],
    handle: async ({ context }) => ({ body: { projections: await useCases.listProjections(context.actor) } }),
  }),
  route('get', '/ops/v1/projections/:name', {
    tag,
    summary: 'A read model, the events that could not be applied, and what was done with it; for operators',
    params,
    answers: { 200: projectionDetails },
    refusals: ['forbidden', 'projection_not_found'],
    handle: async ({ params: { name }, context }) => ({ body: await useCases.getProjection(context.actor, name) }),
  }),
  route('post', '/ops/v1/projections/:name/verify', {
    tag,
    summary: 'Compare a read model with the log, row by row; for operators',
    params,
    headers: maintenanceHeaders,
    answers,
    refusals,
    handle: async ({ params: { name }, headers, context }) =>
      accepted(await useCases.startMaintenance({ ...asked(name, headers), kind: 'verify' }, context)),
  }),
  route('post', '/ops/v1/projections/:name/rebuild', {
    tag,
    summary: 'Fill a read model anew beside the one in use, compare both, and switch; for operators',
    params,
    query: rebuildChoices,
    headers: maintenanceHeaders,
    answers,
    refusals: [...refusals, 'projection_not_rebuildable'],
    handle: async ({ params: { name }, query: { fresh, force }, headers, context }) => {
      const choices = { isFresh: fresh === 'true', isForced: force === 'true' };
      return accepted(
        await useCases.startMaintenance({ ...asked(name, headers), kind: 'rebuild', ...choices }, context),
      );
    },
  }),
  route('delete', '/ops/v1/projections/:name/rebuild', {
    tag,
    summary: 'End what is being done with a read model, and throw away what a rebuild has filled; for operators',
    params,
    headers: maintenanceHeaders,
    answers,
    refusals: [...refusals, 'maintenance_not_found'],
    handle: async ({ params: { name }, headers, context }) =>
      accepted(await useCases.cancelMaintenance(asked(name, headers), context)),
  }),
  route('post', '/ops/v1/projections/:name/redrive', {
    tag,
    summary: 'Apply the events that could not be applied, once the cause is gone; for operators',
    params,
    headers: maintenanceHeaders,
    answers,
    refusals,
    handle: async ({ params: { name }, headers, context }) =>
      accepted(await useCases.startMaintenance({ ...asked(name, headers), kind: 'redrive' }, context)),
  }),
];
