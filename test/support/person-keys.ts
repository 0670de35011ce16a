import { randomBytes } from 'node:crypto';
import { PersonErasedError } from '../../src/application/ports/event-codec.js';
import type { PersonKeys } from '../../src/application/ports/person-keys.js';
import type { UserId } from '../../src/domain/kernel/ids.js';
import { PERSON_KEY_BYTES, PersonKey } from '../../src/infrastructure/security/person-key.js';
import type { PersonKeySource } from '../../src/infrastructure/serialization/sealing.js';

/** Keys of people in memory, gone with the test. */
export const memoryPersonKeys = (
  make: (userId: UserId) => Buffer = () => randomBytes(PERSON_KEY_BYTES),
): PersonKeySource & PersonKeys => {
  const keys = new Map<UserId, PersonKey | null>();
  return {
    forget: (userId) => void keys.set(userId, null),
    peek: (userId) => keys.get(userId),
    forReading: async () => keys,
    forWriting: async (userIds) => {
      const found = new Map<UserId, PersonKey>();
      for (const userId of userIds) {
        const key = keys.get(userId) ?? (keys.has(userId) ? null : new PersonKey(make(userId)));
        if (key === null) throw new PersonErasedError('this person has been erased');
        keys.set(userId, key);
        found.set(userId, key);
      }
      return found;
    },
  };
};
