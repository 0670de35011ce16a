import type { Instant, UserId } from '../kernel/ids.js';

/**
 * Stored for ever. The claimed name stands only in the stream's name, as a keyed hash. The user who claims it is sealed, and
 * null once they have been erased: then nobody can tell from an address who had it.
 */
export type ClaimEvents = {
  UsernameClaimed: { userId: UserId | null; claimedAt: Instant };
  UsernameReleased: { releasedAt: Instant };
  EmailClaimed: { userId: UserId | null; claimedAt: Instant };
  EmailReleased: { releasedAt: Instant };
};
