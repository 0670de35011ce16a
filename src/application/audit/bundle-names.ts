import type { Names } from '../../domain/audit/transcript.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { UserDirectory } from '../ports/user-directory.js';

const AT_ONCE = 500;

/** Answers the names of users, as far as they are known. */
export const namesOf = async (
  directory: Pick<UserDirectory, 'profiles'>,
  userIds: Iterable<UserId>,
): Promise<Names> => {
  const [all, names] = [[...userIds], new Map<string, string>()];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const profiles = await directory.profiles(all.slice(at, at + AT_ONCE));
    for (const [userId, { username }] of profiles) names.set(userId, username);
  }
  return names;
};
