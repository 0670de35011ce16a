import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { RegisteredUser } from '../../domain/users/state.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { Passwords } from '../ports/passwords.js';
import type { People } from './people.js';

/** Who is logged in shows once more that it is them; rejects `invalid_credentials`. */
export type CheckPassword = (userId: UserId, password: string, address: string) => Promise<RegisteredUser>;

export const checkPassword =
  (people: People, passwords: Passwords, limits: AttemptLimits): CheckPassword =>
  async (userId, password, address) => {
    await limits.take('password', { address, account: userId });
    const { state } = await people.current(userId);
    const person = state.status === 'registered' ? state : undefined;
    const matches = await passwords.matches(password, person?.passwordHash ?? null);
    if (!person || !matches) return reject('invalid_credentials');
    await limits.clear('password', userId, address);
    return person;
  };
