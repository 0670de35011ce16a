import type { Position, UserId } from '../../domain/kernel/ids.js';

/** The keys of erased users, which have to be destroyed. */
export interface ErasedKeys {
  /** The keys of everybody who was erased up to here are destroyed. */
  destroyedUpTo(): Promise<Position>;
  /** Destroys these users' keys, and takes note that everything up to the position is done. Doing it twice changes nothing. */
  destroy(userIds: readonly UserId[], upTo: Position): Promise<void>;
}
