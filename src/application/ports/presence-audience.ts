import type { UserId } from '../../domain/kernel/ids.js';

/** Who may see whether somebody is there: as they have set it, and nobody whom they have blocked. */
export interface PresenceAudience {
  /** Those of the people whose presence the viewer may see; ids that nobody has may be among them or not. */
  visibleTo(viewer: UserId, people: readonly UserId[]): Promise<ReadonlySet<UserId>>;
}
