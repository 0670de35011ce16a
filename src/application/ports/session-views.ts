import type { Instant, SessionId, UserId } from '../../domain/kernel/ids.js';

/** Where somebody is logged in. */
export interface SessionView {
  readonly sessionId: SessionId;
  /** The label that the client gave. */
  readonly device: string | null;
  /** The network address it logged in from. */
  readonly address: string;
  readonly createdAt: Instant;
  /** When its tokens were last exchanged. */
  readonly lastUsedAt: Instant;
}

/** A session, also one that is over. */
export interface PastSession extends SessionView {
  readonly endedAt: Instant | null;
}

/** The read model of sessions. */
export interface SessionViews {
  /** Those that are neither ended nor expired, the one last used first. */
  open(userId: UserId, now: Instant): Promise<readonly SessionView[]>;
  /** All that are held, the newest first. */
  all(userId: UserId): Promise<readonly PastSession[]>;
}
