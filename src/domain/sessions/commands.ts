import type { Hash, Instant, SessionId, UserId } from '../kernel/ids.js';

/** A refresh token: what the log keeps of it. */
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
    /** Where the user's sessions stand now: an earlier epoch is over. */
    userEpoch: number;
    exceptSessionId: SessionId | null;
    /** A token spent since then may be presented again while its successor is unused. */
    graceSince: Instant;
    at: Instant;
  };
  EndSession: { sessionId: SessionId; by: UserId; at: Instant };
};
