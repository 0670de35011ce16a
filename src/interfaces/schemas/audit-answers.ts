import { z } from 'zod';
import { nextCursor, time } from './answers.js';
import { auditedCall, auditFilter } from './auditing.js';
import { auditRequestId, conversationId, messageId, position, userId } from './fields.js';

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

export const openAuditRequests = z.object({ requests: z.array(auditRequest), nextCursor });

const uuid = z.string().meta({ format: 'uuid', examples: ['01980000-0000-7000-8000-000000000009'] });

const undecodable = z
  .object({
    reason: z.string(),
    data: z.string().meta({ contentEncoding: 'base64', examples: ['e30='] }),
    metadata: z.string().meta({ contentEncoding: 'base64', examples: ['e30='] }),
  })
  .meta({ description: 'Of an event that cannot be read: why, and the bytes that are stored.' });

const erased = z
  .literal(true)
  .meta({ description: 'Of what belongs to an erased user: what was personal is `erased`.' });

const event = z.object({
  position,
  streamId: z.string().meta({ examples: ['message-01980000-0000-7000-8000-000000000004'] }),
  revision: z.int().meta({ examples: [0] }),
  eventId: uuid,
  type: z.string().meta({ examples: ['MessageDeleted'] }),
  schemaVersion: z.int(),
  recordedAt: time.nullable(),
  data: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ examples: [{ messageId: '01980000-0000-7000-8000-000000000004' }] }),
  metadata: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ examples: [{ actorId: '01980000-0000-7000-8000-000000000001' }] }),
  erased: erased.optional(),
  undecodable: undecodable.optional(),
});

export const events = z.object({ events: z.array(event), nextCursor });

export const counts = z.object({
  counts: z.array(
    z.object({
      start: time,
      type: z.string().meta({ examples: ['MessageSent'] }),
      events: z.int().meta({ examples: [12] }),
    }),
  ),
  position: position.meta({ description: 'The last event that is counted.' }),
  nextCursor,
});

export const versions = z.object({
  messageId,
  conversationId: conversationId.nullable(),
  versions: z.array(
    z.object({
      version: z.int(),
      change: z.enum(['sent', 'edited', 'deleted', 'unknown']),
      text: z
        .string()
        .nullable()
        .meta({ examples: ['Hello!'] }),
      attachments: z.array(z.record(z.string(), z.unknown())).meta({ examples: [[]] }),
      mentions: z.array(userId),
      by: userId.nullable(),
      at: time.nullable(),
      position,
      erased: erased.optional(),
      undecodable: undecodable.optional(),
    }),
  ),
  nextCursor,
});
