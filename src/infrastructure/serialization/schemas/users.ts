import { z } from 'zod';
import type { UserEvents } from '../../../domain/users/events.js';
import { schemasOf } from './event-schemas.js';
import { hash, instant, sessionId, text, ticketId, userId } from './fields.js';

export const userSchemas = schemasOf<UserEvents>()({
  UserRegistered: z.strictObject({
    userId,
    username: text,
    email: text,
    displayName: text,
    passwordHash: text,
    registeredAt: instant,
  }),
  EmailVerificationRequested: z.strictObject({
    userId,
    ticketId,
    tokenHash: hash,
    expiresAt: instant,
    requestedAt: instant,
  }),
  EmailVerified: z.strictObject({ userId, ticketId, verifiedAt: instant }),
  SessionsEnded: z.strictObject({
    userId,
    epoch: z.int().min(1),
    exceptSessionId: sessionId.nullable(),
    endedAt: instant,
  }),
});
