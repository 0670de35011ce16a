import { z } from 'zod';
import { MAINTENANCE_ENDS, MAINTENANCE_KINDS, type MaintenanceEvents } from '../../../domain/maintenance/events.js';
import { schemasOf } from './event-schemas.js';
import { instant, maintenanceId, operator, position, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const number = z.int().min(0);
const tables = z.array(z.strictObject({ table: text, rows: number, expected: number, differentGroups: number }));

const result = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('verify'), position, parked: number, isRight: z.boolean(), tables }),
  z.strictObject({
    kind: z.literal('rebuild'),
    resumedAt: position.nullable(),
    comparedAt: position.nullable(),
    tables,
  }),
  z.strictObject({ kind: z.literal('redrive'), applied: number, stillParked: number }),
  z.strictObject({ kind: z.literal('discard'), discarded: z.boolean() }),
]);

const own = { maintenanceId, projection: text };
const reasoned = { reason: text, trail: userId };

export const maintenanceSchemas = schemasOf<MaintenanceEvents>()({
  MaintenanceStarted: z.strictObject({
    ...own,
    kind: z.enum(MAINTENANCE_KINDS),
    startedBy: userId.nullable(),
    reason: text.nullable(),
    operator: operator.exactOptional(),
    trail: userId,
    isFresh: z.boolean(),
    isForced: z.boolean(),
    startedAt: instant,
  }),
  MaintenanceCancelled: z.strictObject({ ...own, cancelledBy: userId, ...reasoned, cancelledAt: instant }),
  MaintenanceEnded: z.strictObject({
    ...own,
    end: z.enum(MAINTENANCE_ENDS),
    result: result.nullable(),
    problem: text.nullable(),
    endedAt: instant,
  }),
});

export const maintenancePersonal = personalIn<MaintenanceEvents>({
  MaintenanceStarted: { of: 'trail', boundSince: 1, fields: ['reason'], leftOut: ['operator'] },
  MaintenanceCancelled: { of: 'trail', boundSince: 1, fields: ['reason'] },
});
