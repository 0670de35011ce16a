import { createHash, randomBytes } from 'node:crypto';
import { UserErasedError } from '../../src/application/ports/event-codec.js';
import type { UserKeys } from '../../src/application/ports/user-keys.js';
import type { UserId } from '../../src/domain/kernel/ids.js';
import { USER_KEY_BYTES, UserKey, type KeyReference } from '../../src/infrastructure/security/user-key.js';
import { bytesToUuid } from '../../src/infrastructure/security/uuid-bytes.js';
import type { KeyOwner, UserKeySource } from '../../src/infrastructure/serialization/sealing.js';

/** Makes the reference to a user's key, which is the same in every run. */
const referenceTo = (userId: UserId): KeyReference =>
  bytesToUuid(createHash('sha256').update(userId).digest().subarray(0, 16)) as KeyReference;

/** Makes user keys in memory, which are gone after the test. */
export const memoryUserKeys = (
  make: (userId: UserId) => Buffer = () => randomBytes(USER_KEY_BYTES),
): UserKeySource & UserKeys => {
  const keys = new Map<KeyOwner, UserKey | null>();
  return {
    forget: (userId) => void keys.set(userId, null).set(referenceTo(userId), null),
    idsOf: async (userId) => {
      const key = keys.get(userId);
      return key ? [key.id] : [];
    },
    peek: (holder) => keys.get(holder),
    forReading: async () => keys,
    forWriting: async (userIds) => {
      const found = new Map<UserId, UserKey>();
      for (const userId of userIds) {
        const key = keys.get(userId) ?? (keys.has(userId) ? null : new UserKey(make(userId), referenceTo(userId)));
        if (key === null) throw new UserErasedError('this user has been erased');
        keys.set(userId, key).set(key.reference, key);
        found.set(userId, key);
      }
      return found;
    },
  };
};
