import type { Decider } from '../kernel/decider.js';
import { reject } from '../kernel/rejections.js';
import type { EmailClaimCommands, UsernameClaimCommands } from './commands.js';
import type { ClaimEvents } from './events.js';
import type { ClaimState } from './state.js';

/** A username: held by one person at most. */
export const usernameClaim: Decider<
  UsernameClaimCommands,
  Pick<ClaimEvents, 'UsernameClaimed' | 'UsernameReleased'>,
  ClaimState
> = {
  category: 'username',
  hidesActor: true,
  initial: { holder: null },
  decide: {
    ClaimUsername: ({ userId, at }, { holder }) => {
      if (holder !== null && holder !== userId) reject('username_taken');
      return holder === null ? [{ type: 'UsernameClaimed', data: { userId, claimedAt: at } }] : [];
    },
    ReleaseUsername: ({ userId, at }, { holder }) =>
      holder === userId ? [{ type: 'UsernameReleased', data: { releasedAt: at } }] : [],
  },
  evolve: { UsernameClaimed: (_, { userId }) => ({ holder: userId }), UsernameReleased: () => ({ holder: null }) },
};

/** An e-mail address: held by one person at most. */
export const emailClaim: Decider<
  EmailClaimCommands,
  Pick<ClaimEvents, 'EmailClaimed' | 'EmailReleased'>,
  ClaimState
> = {
  category: 'email',
  hidesActor: true,
  initial: { holder: null },
  decide: {
    ClaimEmail: ({ userId, at }, { holder }) => {
      if (holder !== null && holder !== userId) reject('email_taken');
      return holder === null ? [{ type: 'EmailClaimed', data: { userId, claimedAt: at } }] : [];
    },
    ReleaseEmail: ({ userId, at }, { holder }) =>
      holder === userId ? [{ type: 'EmailReleased', data: { releasedAt: at } }] : [],
  },
  evolve: { EmailClaimed: (_, { userId }) => ({ holder: userId }), EmailReleased: () => ({ holder: null }) },
};
