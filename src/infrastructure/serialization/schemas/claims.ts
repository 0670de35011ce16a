import { z } from 'zod';
import type { ClaimEvents } from '../../../domain/claims/events.js';
import { schemasOf } from './event-schemas.js';
import { instant, userId } from './fields.js';

export const claimSchemas = schemasOf<ClaimEvents>()({
  UsernameClaimed: z.strictObject({ userId, claimedAt: instant }),
  EmailClaimed: z.strictObject({ userId, claimedAt: instant }),
});
