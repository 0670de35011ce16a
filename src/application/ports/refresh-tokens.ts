import type { Hash, SessionId } from '../../domain/kernel/ids.js';

/** Opaque random refresh tokens; only their hashes are kept. */
export interface RefreshTokens {
  issue(sessionId: SessionId): { token: string; tokenHash: Hash };
  /** The session a token names and its hash; undefined for a string that is none. */
  open(token: string): { sessionId: SessionId; tokenHash: Hash } | undefined;
}
