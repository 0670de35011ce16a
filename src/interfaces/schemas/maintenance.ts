import { z } from 'zod';
import { MAINTENANCE_ENDS, MAINTENANCE_KINDS } from '../../domain/maintenance/events.js';
import { PROJECTIONS } from '../../application/projections/registry.js';
import { time } from './answers.js';
import { auditHeaders, flag } from './auditing.js';
import { maintenanceId, position, userId } from './fields.js';

/** The headers of what an operator does: why they do it, as auditors say why they look. */
export const maintenanceHeaders = auditHeaders.pick({ 'x-audit-reason': true });

/** The name of a projection. One that is not known is not found. */
export const projectionName = z
  .string()
  .regex(/^[a-z_]{1,40}$/, 'takes the name of a projection')
  .meta({ examples: [PROJECTIONS[0].name] });

export const rebuildChoices = z.strictObject({
  fresh: flag.default('false').meta({ description: 'Begins anew, instead of going on with what was left unfinished.' }),
  force: flag.default('false').meta({ description: 'Switches though events could not be applied that are in use.' }),
});

export const begunMaintenance = z.object({ maintenanceId, position });

const count = z.int().meta({ examples: [0] });
const reason = z.string().meta({ examples: ['Searches find too little'] });

const tables = z.array(z.object({ table: z.string(), rows: count, expected: count, differentGroups: count }));

const result = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('verify'), position, parked: count, isRight: z.boolean(), tables }),
  z.object({ kind: z.literal('rebuild'), resumedAt: position.nullable(), comparedAt: position.nullable(), tables }),
  z.object({ kind: z.literal('redrive'), applied: count, stillParked: count }),
  z.object({ kind: z.literal('discard'), discarded: z.boolean() }),
]);

const maintenance = z.object({
  maintenanceId,
  kind: z.enum(MAINTENANCE_KINDS),
  startedBy: userId.nullable().meta({ description: 'It is null where the command-line tool was used.' }),
  reason: reason.nullable().meta({ description: 'It is null where the command-line tool was given none.' }),
  operator: z
    .object({ systemUser: z.string(), host: z.string(), authenticated: z.literal(false) })
    .nullable()
    .meta({
      description: 'Who used the command-line tool, as the operating system names them: nobody has verified it.',
    }),
  isFresh: z.boolean(),
  isForced: z.boolean(),
  startedAt: time,
  cancelledBy: userId.nullable(),
  end: z.enum(MAINTENANCE_ENDS).nullable().meta({ description: 'It is null while it is under way.' }),
  result: result.nullable(),
  problem: z.string().nullable().meta({ description: 'Why it is not complete.' }),
  endedAt: time.nullable(),
});

const beside = z
  .object({
    version: z.int(),
    position,
    behind: count,
    share: z.number().meta({ description: 'How much of the log is in it, from 0 to 1.', examples: [0.5] }),
    running: z.boolean(),
  })
  .nullable()
  .meta({ description: 'What is filled beside the one in use, on whichever server.' });

const projection = z.object({
  name: projectionName,
  version: z.int(),
  position,
  behind: count.meta({ description: 'The number of events, of any type, between it and the head of the log.' }),
  running: z.boolean().meta({ description: 'Whether a server works on it.' }),
  parked: count.meta({ description: 'The number of events that could not be applied.' }),
  stopped: z.string().nullable().meta({ description: 'Why no server works on it any more; null while it goes on.' }),
  rebuild: beside,
  verification: beside,
  maintenance: maintenance.nullable(),
});

export const projections = z.object({ projections: z.array(projection) });

export const projectionDetails = projection.extend({
  parkedEvents: z
    .array(
      z.object({
        position,
        streamId: z.string(),
        eventId: z.string().meta({ format: 'uuid' }),
        type: z.string(),
        reason: z.string(),
        parkedAt: time,
      }),
    )
    .meta({ description: 'The first 100 events that could not be applied.' }),
  maintenances: z.array(maintenance).meta({ description: 'The newest ten, the newest first.' }),
});
