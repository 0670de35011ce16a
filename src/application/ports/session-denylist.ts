import type { SessionClaims } from './access-tokens.js';
import type { SessionId, UserId } from '../../domain/kernel/ids.js';

/** Knows which sessions have ended. It is kept in memory on each node, from the log. */
export interface SessionDenylist {
  allows(claims: SessionClaims): boolean;
  /** Takes note at once of what this node has just appended. The log will say the same later. */
  sessionEnded(sessionId: SessionId): void;
  sessionsEnded(userId: UserId, epoch: number, exceptSessionId: SessionId | null): void;
  /** Called whenever something ended, so that live sockets can be checked with `allows`. */
  onEnd(listener: (userId: UserId | null, sessionId: SessionId | null) => void): () => void;
}
