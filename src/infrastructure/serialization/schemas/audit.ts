import { z } from 'zod';
import { MAX_AUDITED_USERS } from '../../../domain/audit/decider.js';
import type { AuditEvents } from '../../../domain/audit/events.js';
import { schemasOf } from './event-schemas.js';
import { auditCallId, auditRequestId, instant, operator, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const filter = z.record(text, text);
const auditorId = userId.nullable();
const results = z.int().min(0);

const call = {
  callId: auditCallId,
  auditorId,
  call: text,
  filter,
  reason: text.nullable(),
  requestId: auditRequestId.nullable(),
  operator: operator.exactOptional(),
  trail: userId,
};

const request = { requestId: auditRequestId, auditorId: userId };

export const auditSchemas = schemasOf<AuditEvents>()({
  AuditAnswered: z.strictObject({ ...call, results, refusal: text.nullable(), answeredAt: instant }),
  AuditStreamStarted: z.strictObject({ ...call, startedAt: instant }),
  AuditStreamEnded: z.strictObject({
    callId: auditCallId,
    auditorId,
    results,
    end: z.enum(['complete', 'client_left', 'right_lost', 'server_stopped', 'failed']),
    endedAt: instant,
  }),
  ToolCommandStarted: z.strictObject({ ...call, operator, startedAt: instant }),
  ToolCommandEnded: z.strictObject({ callId: auditCallId, end: z.enum(['complete', 'failed']), endedAt: instant }),
  UsersAudited: z.strictObject({
    callId: auditCallId,
    auditorId,
    userIds: z.array(userId).min(1).max(MAX_AUDITED_USERS),
    auditedAt: instant,
  }),
  AuditAccessRefused: z.strictObject({ userId, call: text, refusedAt: instant }),
  AuditRequested: z.strictObject({
    ...request,
    call: text,
    filter,
    reason: text,
    trail: userId,
    requestedAt: instant,
    expiresAt: instant,
  }),
  AuditRequestApproved: z.strictObject({ ...request, approvedBy: userId, approvedAt: instant, expiresAt: instant }),
  AuditRequestRefused: z.strictObject({ ...request, refusedBy: userId, refusedAt: instant }),
  SubjectsIndexed: z.strictObject({
    begin: z.int().min(0),
    end: z.int().min(1),
    root: text,
    subjects: z.int().min(0),
    indexedAt: instant,
  }),
  AuditRequestExpired: z.strictObject({ ...request, expiredAt: instant }),
});

export const auditPersonal = personalIn<AuditEvents>({
  AuditAnswered: { of: 'trail', boundSince: 1, fields: ['reason'], leftOut: ['operator'] },
  AuditStreamStarted: { of: 'trail', boundSince: 1, fields: ['reason'], leftOut: ['operator'] },
  ToolCommandStarted: { of: 'trail', boundSince: 1, fields: ['reason'], leftOut: ['operator'] },
  AuditRequested: { of: 'trail', boundSince: 1, fields: ['reason'] },
});
