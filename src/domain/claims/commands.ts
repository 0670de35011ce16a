import type { Instant, UserId } from '../kernel/ids.js';

export type UsernameClaimCommands = {
  ClaimUsername: { userId: UserId; at: Instant };
  /** Nothing comes of it when somebody else holds the name. */
  ReleaseUsername: { userId: UserId; at: Instant };
};
export type EmailClaimCommands = {
  ClaimEmail: { userId: UserId; at: Instant };
  /** Nothing comes of it when somebody else holds the address. */
  ReleaseEmail: { userId: UserId; at: Instant };
};
