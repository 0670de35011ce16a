import type { Instant, UserId } from '../kernel/ids.js';

/**
 * Stored for ever. The claimed name itself stands only, as a keyed hash, in the stream's name. The user who claims it is sealed, and
 * null once they have been erased: then nobody can tell from an address who had it.
 */
export type ClaimEvents = {
  UsernameClaimed: { userId: UserId | null; claimedAt: Instant };
  UsernameReleased: { releasedAt: Instant };
  EmailClaimed: { userId: UserId | null; claimedAt: Instant };
  EmailReleased: { releasedAt: Instant };
};
