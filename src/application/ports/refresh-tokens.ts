import type { Hash, SessionId } from '../../domain/kernel/ids.js';

/** Makes opaque random refresh tokens, of which only the hashes are kept. */
export interface RefreshTokens {
  issue(sessionId: SessionId): { token: string; tokenHash: Hash };
  /** Answers the session that a token names, and its hash; undefined for any other string. */
  open(token: string): { sessionId: SessionId; tokenHash: Hash } | undefined;
}
