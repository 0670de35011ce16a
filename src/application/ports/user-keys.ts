import type { UserId } from '../../domain/kernel/ids.js';

/** The keys that seal what is personal in the log, as far as this node has them at hand. */
export interface UserKeys {
  /** Somebody was erased: what is sealed with their key is not opened any more. */
  forget(userId: UserId): void;
}
