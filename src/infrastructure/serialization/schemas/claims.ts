import { z } from 'zod';
import type { ClaimEvents } from '../../../domain/claims/events.js';
import { schemasOf } from './event-schemas.js';
import { instant, userId } from './fields.js';

export const claimSchemas = schemasOf<ClaimEvents>()({
  UsernameClaimed: z.strictObject({ userId: userId.nullable(), claimedAt: instant }),
  UsernameReleased: z.strictObject({ releasedAt: instant }),
  EmailClaimed: z.strictObject({ userId: userId.nullable(), claimedAt: instant }),
  EmailReleased: z.strictObject({ releasedAt: instant }),
});
