import type { Decider } from '../kernel/decider.js';
import type { Instant, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { ClaimEvents } from './events.js';

export type UsernameClaimCommands = {
  ClaimUsername: { userId: UserId; at: Instant };
  /** Decides nothing when another user holds the name. */
  ReleaseUsername: { userId: UserId; at: Instant };
};
export type EmailClaimCommands = {
  ClaimEmail: { userId: UserId; at: Instant };
  /** Decides nothing when another user holds the address. */
  ReleaseEmail: { userId: UserId; at: Instant };
};

/** The user who holds the name, or nobody. */
export type ClaimState = { readonly claimedBy: UserId | null };

/** A username, which one user at most holds. */
export const usernameClaim: Decider<
  UsernameClaimCommands,
  Pick<ClaimEvents, 'UsernameClaimed' | 'UsernameReleased'>,
  ClaimState
> = {
  category: 'username',
  hidesActor: true,
  initial: { claimedBy: null },
  decide: {
    ClaimUsername: ({ userId, at }, { claimedBy }) => {
      if (claimedBy !== null && claimedBy !== userId) reject('username_taken');
      return claimedBy === null ? [{ type: 'UsernameClaimed', data: { userId, claimedAt: at } }] : [];
    },
    ReleaseUsername: ({ userId, at }, { claimedBy }) =>
      claimedBy === userId ? [{ type: 'UsernameReleased', data: { releasedAt: at } }] : [],
  },
  evolve: {
    UsernameClaimed: (_, { userId }) => ({ claimedBy: userId }),
    UsernameReleased: () => ({ claimedBy: null }),
  },
};

/** An e-mail address, which one user at most holds. */
export const emailClaim: Decider<
  EmailClaimCommands,
  Pick<ClaimEvents, 'EmailClaimed' | 'EmailReleased'>,
  ClaimState
> = {
  category: 'email',
  hidesActor: true,
  initial: { claimedBy: null },
  decide: {
    ClaimEmail: ({ userId, at }, { claimedBy }) => {
      if (claimedBy !== null && claimedBy !== userId) reject('email_taken');
      return claimedBy === null ? [{ type: 'EmailClaimed', data: { userId, claimedAt: at } }] : [];
    },
    ReleaseEmail: ({ userId, at }, { claimedBy }) =>
      claimedBy === userId ? [{ type: 'EmailReleased', data: { releasedAt: at } }] : [],
  },
  evolve: { EmailClaimed: (_, { userId }) => ({ claimedBy: userId }), EmailReleased: () => ({ claimedBy: null }) },
};
