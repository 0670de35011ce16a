import { createHash, randomBytes } from 'node:crypto';
import { PersonErasedError } from '../../src/application/ports/event-codec.js';
import type { PersonKeys } from '../../src/application/ports/person-keys.js';
import type { UserId } from '../../src/domain/kernel/ids.js';
import { PERSON_KEY_BYTES, PersonKey, type KeyReference } from '../../src/infrastructure/security/person-key.js';
import { bytesToUuid } from '../../src/infrastructure/security/uuid-bytes.js';
import type { KeyHolder, PersonKeySource } from '../../src/infrastructure/serialization/sealing.js';

/** The same for the same person in every run. */
const referenceTo = (userId: UserId): KeyReference =>
  bytesToUuid(createHash('sha256').update(userId).digest().subarray(0, 16)) as KeyReference;

/** Keys of people in memory, gone with the test. */
export const memoryPersonKeys = (
  make: (userId: UserId) => Buffer = () => randomBytes(PERSON_KEY_BYTES),
): PersonKeySource & PersonKeys => {
  const keys = new Map<KeyHolder, PersonKey | null>();
  return {
    forget: (userId) => void keys.set(userId, null).set(referenceTo(userId), null),
    peek: (holder) => keys.get(holder),
    forReading: async () => keys,
    forWriting: async (userIds) => {
      const found = new Map<UserId, PersonKey>();
      for (const userId of userIds) {
        const key = keys.get(userId) ?? (keys.has(userId) ? null : new PersonKey(make(userId), referenceTo(userId)));
        if (key === null) throw new PersonErasedError('this person has been erased');
        keys.set(userId, key).set(key.reference, key);
        found.set(userId, key);
      }
      return found;
    },
  };
};
