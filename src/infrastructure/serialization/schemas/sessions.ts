import { z } from 'zod';
import type { SessionEvents } from '../../../domain/sessions/events.js';
import { schemasOf } from './event-schemas.js';
import { hash, instant, sessionId, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const epoch = z.int().min(0);

export const sessionSchemas = schemasOf<SessionEvents>()({
  SessionStarted: z.strictObject({
    sessionId,
    userId,
    device: text.nullable(),
    address: text,
    epoch,
    refreshTokenHash: hash,
    refreshExpiresAt: instant,
    startedAt: instant,
  }),
  SessionRefreshed: z.strictObject({
    sessionId,
    epoch,
    spentTokenHash: hash,
    refreshTokenHash: hash,
    refreshExpiresAt: instant,
    refreshedAt: instant,
  }),
  RefreshTokenReused: z.strictObject({ sessionId, userId, detectedAt: instant }),
  SessionEnded: z.strictObject({
    sessionId,
    userId,
    reason: z.enum(['logged_out', 'refresh_token_reused']),
    endedAt: instant,
  }),
});

export const sessionPersonal = personalIn<SessionEvents>({
  SessionStarted: { of: 'userId', boundSince: 3, fields: ['device', 'address'] },
});
