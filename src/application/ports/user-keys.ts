import type { UserId } from '../../domain/kernel/ids.js';

/** The keys that seal what is personal in the log, as far as this node has them in memory. */
export interface UserKeys {
  /** Forgets the key of a user who was erased: what it has sealed is not opened any more. */
  forget(userId: UserId): void;
  /** Answers the ids of the keys that open what is personal of a user; none where they are erased. */
  idsOf(userId: UserId): Promise<readonly string[]>;
}
