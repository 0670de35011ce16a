import type { Instant, SessionId, UserId } from '../../domain/kernel/ids.js';

/** The claims of an access token. */
export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  /** The user's session epoch when it was issued. */
  readonly epoch: number;
  readonly roles: readonly string[];
  /** The time of its expiry, in seconds since 1970. */
  readonly expiresAt: number;
}

/** The claims that tell whose a session is, and whether it has ended. */
export type SessionClaims = Pick<AccessClaims, 'userId' | 'sessionId' | 'epoch'>;

/** Signed access tokens (JWT). */
export interface AccessTokens {
  issue(subject: Omit<AccessClaims, 'expiresAt'>, now: Instant): { token: string; expiresIn: number };
  /** Answers the claims; undefined for a token that is expired, forged, or meant for another audience. */
  verify(token: string): AccessClaims | undefined;
}
