import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { RegisteredUser } from '../../domain/users/state.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { Passwords } from '../ports/passwords.js';
import type { Users } from './remembered-users.js';

/** Checks the password of a user who is logged in. Rejects `invalid_credentials`. */
export type CheckPassword = (userId: UserId, password: string, address: string) => Promise<RegisteredUser>;

export const checkPassword =
  (users: Users, passwords: Passwords, limits: AttemptLimits): CheckPassword =>
  async (userId, password, address) => {
    await limits.take('password', { address, subject: userId });
    const { state } = await users.current(userId);
    const user = state.status === 'registered' ? state : undefined;
    const matches = await passwords.matches(password, user?.passwordHash ?? null);
    if (!user || !matches) return reject('invalid_credentials');
    await limits.clear('password', userId, address);
    return user;
  };
