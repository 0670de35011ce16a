import type { Instant, SessionId, UserId } from '../../domain/kernel/ids.js';

/** A session of a user, as they see it. */
export interface SessionView {
  readonly sessionId: SessionId;
  /** The label that the client gave. */
  readonly device: string | null;
  /** The network address of the log-in. */
  readonly address: string;
  readonly createdAt: Instant;
  /** The time at which its tokens were last exchanged. */
  readonly lastUsedAt: Instant;
}

/** A session, also one that has ended. */
export interface PastSession extends SessionView {
  readonly endedAt: Instant | null;
}

/** The read model of sessions. */
export interface SessionViews {
  /** Lists the sessions that have neither ended nor expired, the one last used first. */
  open(userId: UserId, now: Instant): Promise<readonly SessionView[]>;
  /** Lists all sessions that are kept, the newest first. */
  all(userId: UserId): Promise<readonly PastSession[]>;
}
