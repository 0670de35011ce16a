import type { Hash, Instant, SessionId, UserId } from '../kernel/ids.js';

/** A refresh token as the log keeps it. */
interface RefreshToken {
  tokenHash: Hash;
  expiresAt: Instant;
}

export type SessionCommands = {
  StartSession: {
    sessionId: SessionId;
    userId: UserId;
    device: string | null;
    address: string;
    epoch: number;
    token: RefreshToken;
    at: Instant;
  };
  RefreshSession: {
    sessionId: SessionId;
    presentedHash: Hash;
    token: RefreshToken;
    /** The present epoch of the user's sessions: a session of an earlier one has ended. */
    userEpoch: number;
    exceptSessionId: SessionId | null;
    /** A token spent after this time may be presented again while its successor is unused. */
    graceSince: Instant;
    at: Instant;
  };
  EndSession: { sessionId: SessionId; by: UserId; at: Instant };
};
