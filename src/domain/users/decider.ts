import type { Decider } from '../kernel/decider.js';
import { reject } from '../kernel/rejections.js';
import type { UserCommands } from './commands.js';
import type { UserEvents } from './events.js';
import type { RegisteredUser, UserState } from './state.js';

const requireRegistered = (state: UserState): RegisteredUser =>
  state.status === 'registered' ? state : reject('user_not_found');

const whenRegistered = (state: UserState, change: (user: RegisteredUser) => Partial<RegisteredUser>): UserState =>
  state.status === 'registered' ? { ...state, ...change(state) } : state;

/** A person: registration, verification, the end of all their sessions. */
export const user: Decider<UserCommands, UserEvents, UserState> = {
  category: 'user',
  initial: { status: 'absent' },
  decide: {
    RegisterUser: ({ ticket, at, ...person }, state) => {
      if (state.status === 'registered') return [];
      const { userId } = person;
      return [
        { type: 'UserRegistered', data: { ...person, registeredAt: at } },
        { type: 'EmailVerificationRequested', data: { userId, ...ticket, requestedAt: at } },
      ];
    },
    RequestEmailVerification: ({ userId, ticket, at }, state) =>
      requireRegistered(state).emailVerified
        ? []
        : [{ type: 'EmailVerificationRequested', data: { userId, ...ticket, requestedAt: at } }],
    VerifyEmail: ({ userId, ticketId, tokenHash, at }, state) => {
      if (state.status !== 'registered') return reject('token_invalid');
      const ticket = state.verification;
      if (ticket?.ticketId !== ticketId || ticket.tokenHash !== tokenHash) return reject('token_invalid');
      if (ticket.expiresAt <= at) return reject('token_expired');
      return [{ type: 'EmailVerified', data: { userId, ticketId, verifiedAt: at } }];
    },
    EndSessions: ({ userId, exceptSessionId, at }, state) => {
      const epoch = requireRegistered(state).sessionEpoch + 1;
      return [{ type: 'SessionsEnded', data: { userId, epoch, exceptSessionId, endedAt: at } }];
    },
  },
  evolve: {
    UserRegistered: (_, { username, email, displayName, passwordHash }) => ({
      status: 'registered',
      username,
      email,
      displayName,
      passwordHash,
      emailVerified: false,
      verification: null,
      sessionEpoch: 0,
      exceptSessionId: null,
    }),
    EmailVerificationRequested: (state, { ticketId, tokenHash, expiresAt }) =>
      whenRegistered(state, () => ({ verification: { ticketId, tokenHash, expiresAt } })),
    EmailVerified: (state) => whenRegistered(state, () => ({ emailVerified: true, verification: null })),
    SessionsEnded: (state, { epoch, exceptSessionId }) =>
      whenRegistered(state, () => ({ sessionEpoch: epoch, exceptSessionId })),
  },
};
