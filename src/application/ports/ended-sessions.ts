import type { Instant, Position, SessionId, UserId } from '../../domain/kernel/ids.js';

/** All of a user's sessions were ended: those of earlier epochs are over, but for one. */
export interface EndedEpoch {
  readonly userId: UserId;
  readonly epoch: number;
  readonly exceptSessionId: SessionId | null;
}

/** What has ended of late, as the `users` projection has it. */
export interface EndedSessions {
  /** Everything that ended since a time, up to at least the position. */
  since(time: Instant): Promise<{
    readonly position: Position;
    readonly sessionIds: readonly SessionId[];
    readonly epochs: readonly EndedEpoch[];
    /** Where ends stand in the log that the projection has parked. */
    readonly parked: readonly Position[];
  }>;
}
