import { z } from 'zod';
import { time } from './answers.js';
import { auditedCall, auditFilter } from './auditing.js';
import { auditRequestId, position, userId } from './fields.js';

export const madeAuditRequest = z.object({
  requestId: auditRequestId,
  expiresAt: time.meta({ description: 'Until then it can be decided.' }),
  position,
});

export const auditRequest = z.object({
  requestId: auditRequestId,
  status: z.enum(['open', 'approved', 'refused', 'expired']),
  auditorId: userId,
  call: auditedCall,
  filter: auditFilter,
  reason: z.string().meta({ examples: ['Complaint 2026-17'] }),
  requestedAt: time,
  decidedBy: userId.nullable(),
  expiresAt: time.meta({ description: 'Until then it can be decided, or, once it is approved, the call can be made.' }),
});
