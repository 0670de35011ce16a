import type { UserId } from '../../domain/kernel/ids.js';

/** Who may see whether somebody is there. */
export interface PresenceAudience {
  /** Those of the people whose presence the viewer may see; ids that nobody has may be among them or not. */
  visibleTo(viewer: UserId, people: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  /**
   * Called when `visibleTo` may answer otherwise than before for a person, as the one who looks or as the one who is
   * looked at, until the returned function is called.
   */
  onChange(listener: (userId: UserId) => void): () => void;
}
