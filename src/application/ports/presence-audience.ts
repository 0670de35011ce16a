import type { UserId } from '../../domain/kernel/ids.js';

/** Asks whether the viewer may see if the user is online. */
export interface PresenceQuestion {
  readonly viewer: UserId;
  readonly userId: UserId;
}

/** Answers who may see a user: as the user has set it, and nobody whom they have blocked. */
export interface PresenceAudience {
  /** Answers, for each question in their order, whether the viewer may see the user. It is false for an id that nobody has. */
  areVisible(questions: readonly PresenceQuestion[]): Promise<readonly boolean[]>;
}
