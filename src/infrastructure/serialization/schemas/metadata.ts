import { z } from 'zod';
import type { EventMetadata } from '../../../application/ports/event-store.js';
import { commandId, instant, sessionId, text, userId } from './fields.js';

/** The strings are flat, as other stores keep metadata as string headers. */
export const metadataSchema = z.strictObject({
  commandId,
  correlationId: text,
  causationId: text,
  actorId: userId.nullable(),
  sessionId: sessionId.nullable(),
  recordedAt: instant,
}) satisfies z.ZodType<EventMetadata>;
