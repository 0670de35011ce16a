import { z } from 'zod';
import type { ClaimEvents } from '../../../domain/claims/events.js';
import { schemasOf } from './event-schemas.js';
import { instant, userId } from './fields.js';

export const claimSchemas = schemasOf<ClaimEvents>()({
  UsernameClaimed: z.strictObject({ userId, claimedAt: instant }),
  UsernameReleased: z.strictObject({ userId, releasedAt: instant }),
  EmailClaimed: z.strictObject({ userId, claimedAt: instant }),
  EmailReleased: z.strictObject({ userId, releasedAt: instant }),
});
