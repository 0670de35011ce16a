import { z } from 'zod';
import type { ClaimEvents } from '../../../domain/claims/events.js';
import { schemasOf } from './event-schemas.js';
import { instant, userId } from './fields.js';
import { personalIn } from './personal-in.js';

export const claimSchemas = schemasOf<ClaimEvents>()({
  UsernameClaimed: z.strictObject({ userId: userId.nullable(), claimedAt: instant }),
  UsernameReleased: z.strictObject({ releasedAt: instant }),
  EmailClaimed: z.strictObject({ userId: userId.nullable(), claimedAt: instant }),
  EmailReleased: z.strictObject({ releasedAt: instant }),
});

export const claimPersonal = personalIn<ClaimEvents>({
  UsernameClaimed: { hides: 'userId', boundSince: 2 },
  EmailClaimed: { hides: 'userId', boundSince: 2 },
});
