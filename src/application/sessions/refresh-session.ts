import { streamOf, type SessionId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { session } from '../../domain/sessions/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { load, unchanged } from '../kernel/loaded.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { EventStore } from '../ports/event-store.js';
import type { RefreshTokens } from '../ports/refresh-tokens.js';
import type { SessionDenylist } from '../ports/session-denylist.js';
import { secondsAfter } from '../kernel/seconds-after.js';
import type { Users } from '../users/remembered-users.js';
import { tokenAnswer, type Tokens } from './tokens.js';

/** The time within which a spent token may be presented again, while its successor is unused. */
const GRACE_SECONDS = 30;

type Presented = NonNullable<ReturnType<RefreshTokens['open']>>;

export interface RefreshParts {
  readonly store: EventStore;
  readonly users: Users;
  readonly denylist: SessionDenylist;
  readonly limits: AttemptLimits;
}

/** Exchanges a refresh token for a new one. A spent one that is presented again ends its session; the log keeps that. */
export const refreshSession = (transact: Transact, tokens: Tokens, parts: RefreshParts) => {
  const { store, users, denylist, limits } = parts;
  const ownerOf = async (sessionId: SessionId) => {
    const { state } = await load(store, session, sessionId);
    if (state.status === 'absent') return reject('refresh_token_invalid');
    const owner = await users.current(state.userId);
    if (owner.state.status !== 'registered') return reject('refresh_token_invalid');
    return { userId: state.userId, user: owner.state, condition: unchanged(owner) };
  };

  const exchange = async ({ sessionId, tokenHash }: Presented, context: CommandContext<null>) => {
    const at = context.now;
    const next = tokens.refresh.issue(sessionId);
    const token = { tokenHash: next.tokenHash, expiresAt: secondsAfter(at, tokens.refreshSeconds) };
    /** The exchanges of a session run one after another. */
    const queue = streamOf(session.category, sessionId);
    return transact(
      { ...context, claim: null },
      async () => {
        const { userId, user: owner, condition } = await ownerOf(sessionId);
        const standing = { userEpoch: owner.sessionEpoch, exceptSessionId: owner.exceptSessionId };
        const graceSince = secondsAfter(at, -GRACE_SECONDS);
        const data = { sessionId, presentedHash: tokenHash, token, ...standing, graceSince, at };
        return {
          decisions: [decision(session, sessionId, { type: 'RefreshSession', data })],
          require: [condition],
          answer: ([{ state }]) =>
            state.status === 'active'
              ? tokenAnswer(tokens, { userId, sessionId, user: owner }, next.token, at)
              : { reused: true },
        };
      },
      queue,
    );
  };

  return async ({ refreshToken }: { readonly refreshToken: string }, context: CommandContext<null>) => {
    const presented = tokens.refresh.open(refreshToken) ?? reject('refresh_token_invalid');
    const { sessionId } = presented;
    await limits.take('refresh', { address: context.address, subject: sessionId });
    const { answer, position } = await exchange(presented, context);
    if ('reused' in answer) {
      denylist.sessionEnded(sessionId);
      return reject('refresh_token_reused');
    }
    return { ...answer, position };
  };
};

export type RefreshSession = ReturnType<typeof refreshSession>;
