import type { Hash, Instant, SessionId, UserId } from '../kernel/ids.js';

/** The reason why a session ended. */
type SessionEnd = 'logged_out' | 'refresh_token_reused';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type SessionEvents = {
  SessionStarted: {
    sessionId: SessionId;
    userId: UserId;
    device: string | null;
    address: string;
    /** The user's session epoch in which the session began. */
    epoch: number;
    refreshTokenHash: Hash;
    refreshExpiresAt: Instant;
    startedAt: Instant;
  };
  SessionRefreshed: {
    sessionId: SessionId;
    epoch: number;
    spentTokenHash: Hash;
    refreshTokenHash: Hash;
    refreshExpiresAt: Instant;
    refreshedAt: Instant;
  };
  /** A spent refresh token was presented again: somebody else may hold a copy. */
  RefreshTokenReused: { sessionId: SessionId; userId: UserId; detectedAt: Instant };
  SessionEnded: { sessionId: SessionId; userId: UserId; reason: SessionEnd; endedAt: Instant };
};
