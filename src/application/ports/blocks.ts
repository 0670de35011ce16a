import type { UserId } from '../../domain/kernel/ids.js';

/** Answers who has blocked whom. */
export interface Blocks {
  /** Answers, for each of these users, whom they have blocked, and who has blocked them. */
  ofUsers(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, ReadonlySet<UserId>>>;
}
