import type { Instant, UserId } from '../kernel/ids.js';

/** Stored for ever. The claimed name itself stands only, as a keyed hash, in the stream's name. */
export type ClaimEvents = {
  UsernameClaimed: { userId: UserId; claimedAt: Instant };
  UsernameReleased: { userId: UserId; releasedAt: Instant };
  EmailClaimed: { userId: UserId; claimedAt: Instant };
  EmailReleased: { userId: UserId; releasedAt: Instant };
};
