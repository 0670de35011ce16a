import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { user } from '../../domain/users/decider.js';
import type { RegisteredUser } from '../../domain/users/state.js';
import { load } from '../kernel/loaded.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { EventStore } from '../ports/event-store.js';
import type { Passwords } from '../ports/passwords.js';

/** Who is logged in shows once more that it is them; rejects `invalid_credentials`. */
export type CheckPassword = (userId: UserId, password: string, address: string) => Promise<RegisteredUser>;

export const checkPassword =
  (store: EventStore, passwords: Passwords, limits: AttemptLimits): CheckPassword =>
  async (userId, password, address) => {
    await limits.take('password', { address, account: userId });
    const { state } = await load(store, user, userId);
    const person = state.status === 'registered' ? state : undefined;
    const matches = await passwords.matches(password, person?.passwordHash ?? null);
    if (!person || !matches) return reject('invalid_credentials');
    await limits.clear('password', userId);
    return person;
  };
