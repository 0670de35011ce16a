import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { PublicProfile, UserDirectory } from '../ports/user-directory.js';

/** What anybody may see of a user; of an erased one, that they are. */
export const getProfile =
  (directory: UserDirectory) =>
  async (userId: UserId): Promise<PublicProfile> =>
    (await directory.profiles([userId])).get(userId) ?? reject('user_not_found');
