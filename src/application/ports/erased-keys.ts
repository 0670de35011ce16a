import type { Position, UserId } from '../../domain/kernel/ids.js';

/** The keys of erased users, which have to be destroyed. */
export interface ErasedKeys {
  /** Answers up to which position the keys of all erased users are destroyed. */
  destroyedUpTo(): Promise<Position>;
  /** Destroys these users' keys, and notes that everything up to the position is done. Doing it twice changes nothing. */
  destroy(userIds: readonly UserId[], upTo: Position): Promise<void>;
}
