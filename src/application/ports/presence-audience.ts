import type { UserId } from '../../domain/kernel/ids.js';

/** May the viewer see whether the user is there? */
export interface PresenceQuestion {
  readonly viewer: UserId;
  readonly userId: UserId;
}

/** Who may see whether somebody is there: as they have set it, and nobody whom they have blocked. */
export interface PresenceAudience {
  /** For each question, in their order, whether the viewer may see the user; false of an id that nobody has. */
  areVisible(questions: readonly PresenceQuestion[]): Promise<readonly boolean[]>;
}
