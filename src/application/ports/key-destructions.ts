import type { Instant, UserId } from '../../domain/kernel/ids.js';

/** What became of the keys of an erased user. */
export interface KeyDestruction {
  readonly destroyedAt: Instant;
  /** Since when no page of the database holds them; null where that is not so yet. */
  readonly purgedAt: Instant | null;
}

/** Which keys were destroyed. */
export interface KeyDestructions {
  /** Answers undefined where the user's keys are not destroyed. */
  find(userId: UserId): Promise<KeyDestruction | undefined>;
}
