import type { Instant, Position, SessionId, UserId } from '../../domain/kernel/ids.js';

/** The end of all of a user's sessions: those of earlier epochs have ended, but for one. */
export interface EndedEpoch {
  readonly userId: UserId;
  readonly epoch: number;
  readonly exceptSessionId: SessionId | null;
}

/** The sessions that have ended lately, as the `users` projection has them. */
export interface EndedSessions {
  /** Answers everything that ended since a time, up to at least the position. */
  since(time: Instant): Promise<{
    readonly position: Position;
    readonly sessionIds: readonly SessionId[];
    readonly epochs: readonly EndedEpoch[];
    /** The positions of the ends that the projection has parked. */
    readonly parked: readonly Position[];
  }>;
}
