import type { Decider } from '../kernel/decider.js';
import type { FactOf } from '../kernel/fact.js';
import type { Instant, SessionId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { SessionCommands } from './commands.js';
import type { SessionEvents } from './events.js';
import { isOver, isReuse, isSpendable, rotate } from './rotation.js';
import type { ActiveSession, SessionState } from './state.js';

const endBecauseReused = (
  sessionId: SessionId,
  { userId }: ActiveSession,
  at: Instant,
): readonly FactOf<SessionEvents>[] => [
  { type: 'RefreshTokenReused', data: { sessionId, userId, detectedAt: at } },
  { type: 'SessionEnded', data: { sessionId, userId, reason: 'refresh_token_reused', endedAt: at } },
];

/** The session of one device: its log-in, each rotation of its refresh token, its end. */
export const session: Decider<SessionCommands, SessionEvents, SessionState> = {
  category: 'session',
  initial: { status: 'absent' },
  decide: {
    StartSession: ({ token, at, ...login }, state) =>
      state.status === 'absent'
        ? [
            {
              type: 'SessionStarted',
              data: { ...login, refreshTokenHash: token.tokenHash, refreshExpiresAt: token.expiresAt, startedAt: at },
            },
          ]
        : [],
    RefreshSession: (command, state) => {
      if (state.status !== 'active') return reject('refresh_token_invalid');
      const { sessionId, presentedHash, token, at } = command;
      if (isOver(command, state)) return reject('refresh_token_invalid');
      if (isReuse(command, state)) return endBecauseReused(sessionId, state, at);
      if (!isSpendable(command, state)) return reject('refresh_token_invalid');
      if (state.expiresAt <= at) return reject('refresh_token_expired');
      const data = {
        sessionId,
        epoch: command.userEpoch,
        spentTokenHash: presentedHash,
        refreshTokenHash: token.tokenHash,
        refreshExpiresAt: token.expiresAt,
        refreshedAt: at,
      };
      return [{ type: 'SessionRefreshed', data }];
    },
    EndSession: ({ sessionId, by, at }, state) => {
      if (state.status !== 'active') return [];
      if (state.userId !== by) return reject('forbidden');
      return [{ type: 'SessionEnded', data: { sessionId, userId: by, reason: 'logged_out', endedAt: at } }];
    },
  },
  evolve: {
    SessionStarted: (_, { userId, epoch, refreshTokenHash, refreshExpiresAt }) => ({
      status: 'active',
      userId,
      epoch,
      current: [refreshTokenHash],
      expiresAt: refreshExpiresAt,
      previous: null,
      spent: [],
    }),
    SessionRefreshed: (draft, refreshed) => {
      if (draft.status === 'active') rotate(draft, refreshed);
      return draft;
    },
    RefreshTokenReused: (draft) => draft,
    SessionEnded: (_, { userId, reason }) => ({ status: 'ended', userId, reused: reason === 'refresh_token_reused' }),
  },
};
