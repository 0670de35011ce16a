import { z } from 'zod';
import { CONCERNING_TYPES } from '../../application/audit/concerned.js';
import { holdsAddress } from '../../application/audit/impersonal.js';
import { STREAM_NAME } from '../../application/audit/stream-name.js';
import { BUCKETS } from '../../application/ports/audit-index.js';
import type { StreamId } from '../../domain/kernel/ids.js';
import { VISIBLE } from '../../domain/kernel/visible.js';
import { auditRequestId, line, moment, position } from './fields.js';
import { publishedAs } from './published.js';

const MAX_REASON_LENGTH = 500;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Node reads a header as Latin-1. Most clients send UTF-8, and browsers Latin-1. */
const decoded = (header: string): string => {
  try {
    return utf8.decode(Buffer.from(header, 'latin1'));
  } catch {
    return header; // it was Latin-1
  }
};

/** Says why an auditor looks. Plain text is published; UTF-8 is taken too. */
const auditReason = publishedAs(
  z
    .string()
    .regex(/^[\0-\xff]*$/, 'takes UTF-8 or Latin-1')
    .transform(decoded)
    .pipe(line(1, MAX_REASON_LENGTH).regex(VISIBLE, 'shows nothing'))
    .refine((reason) => !holdsAddress(reason), 'takes no address: name users by their ids'),
  {
    type: 'string',
    minLength: 1,
    maxLength: MAX_REASON_LENGTH,
    // Without the sign of addresses.
    pattern: '^[!-?A-~]([ -?A-~]*[!-?A-~])?$',
    description: 'Why you look. It is kept, and told to those whom it concerns. Required where content is shown.',
    examples: ['Complaint 2026-17'],
  },
);

/** The headers of every audit call. */
export const auditHeaders = z.object({
  'x-audit-reason': auditReason.optional(),
  'x-audit-request': auditRequestId
    .optional()
    .meta({ description: 'The approved request of this call, where two auditors are required.' }),
});

/** The headers of an audit call that can answer in several forms. */
export const streamedAuditHeaders = auditHeaders.extend({ accept: z.string().max(1_000).optional() });

/** A type of events: a word that nobody has written, as a filter is kept. */
export const eventType = z
  .enum(CONCERNING_TYPES, { error: 'takes the name of a type of events' })
  .meta({ examples: ['MessageSent'] });

export const streamId = z
  .string()
  .regex(STREAM_NAME, 'takes the name of a stream')
  .meta({ examples: ['message-01980000-0000-7000-8000-000000000004'] }) as unknown as z.ZodType<StreamId, StreamId>;

/** A moment of the past: a position of the log, or a time. */
export const asOf = z
  .union([position, moment], { error: 'takes a position, or a time such as 2026-01-31T12:00:00Z' })
  .meta({
    description: 'The moment: a position of the log, or a time. Without it, what is now is shown.',
    examples: ['1234'],
  });

export const bucket = z.enum(BUCKETS);

export const flag = z.enum(['true', 'false']).meta({ examples: ['false'] });

const words = (max: number) => line(1, max).regex(/^[ -~]*$/, 'takes visible ASCII characters');

/** A call as its requests name it. */
export const auditedCall = z
  .string()
  .max(100)
  .regex(/^(GET|PUT|DELETE|POST) \/audit\/v1\/[\w/:]+$/, 'takes a method and a path of /audit/v1 as it is documented')
  .meta({ examples: ['GET /audit/v1/messages/:messageId/versions'] });

const MAX_PARAMETERS = 20;

/** What a call is narrowed by: the parts of its path and the parameters of its query, without `cursor` and `limit`. */
export const auditFilter = z
  .record(words(50), words(200))
  .refine((given) => Object.keys(given).length <= MAX_PARAMETERS, `takes at most ${MAX_PARAMETERS} parameters`)
  .meta({ maxProperties: MAX_PARAMETERS, examples: [{ messageId: '01980000-0000-7000-8000-000000000004' }] });
