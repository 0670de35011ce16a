import type { Instant, SessionId, UserId } from '../../domain/kernel/ids.js';
import type { RegisteredUser } from '../../domain/users/state.js';
import type { AccessTokens } from '../ports/access-tokens.js';
import type { RefreshTokens } from '../ports/refresh-tokens.js';

/** The answer to a log-in or a refresh. */
export interface TokenAnswer {
  readonly tokenType: 'Bearer';
  readonly accessToken: string;
  /** The life of the access token in seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  /** The life of the refresh token in seconds. */
  readonly refreshExpiresIn: number;
  readonly sessionId: SessionId;
  readonly user: { readonly userId: UserId; readonly username: string; readonly displayName: string };
}

/** Makes tokens. */
export interface Tokens {
  readonly access: AccessTokens;
  readonly refresh: RefreshTokens;
  readonly refreshSeconds: number;
}

/** Answers a new access token, for a session in the user's present epoch. */
export const tokenAnswer = (
  { access, refreshSeconds }: Tokens,
  owner: { readonly userId: UserId; readonly sessionId: SessionId; readonly user: RegisteredUser },
  refreshToken: string,
  now: Instant,
): TokenAnswer => {
  const { userId, sessionId, user } = owner;
  const { token, expiresIn } = access.issue(
    { userId, sessionId, epoch: user.sessionEpoch, roles: [...user.roles] },
    now,
  );
  return {
    tokenType: 'Bearer',
    accessToken: token,
    expiresIn,
    refreshToken,
    refreshExpiresIn: refreshSeconds,
    sessionId,
    user: { userId, username: user.username, displayName: user.displayName },
  };
};
