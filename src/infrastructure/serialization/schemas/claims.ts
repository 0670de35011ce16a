import { z } from 'zod';
import type { ClaimEvents } from '../../../domain/claims/events.js';
import type { EventSchemas } from './event-schemas.js';
import { instant, userId } from './fields.js';

export const claimSchemas = {
  UsernameClaimed: z.strictObject({ userId, claimedAt: instant }),
  EmailClaimed: z.strictObject({ userId, claimedAt: instant }),
} satisfies EventSchemas<ClaimEvents>;
