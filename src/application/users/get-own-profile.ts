import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { OwnProfile, UserDirectory } from '../ports/user-directory.js';

/** What a user sees of themselves. */
export const getOwnProfile =
  (directory: UserDirectory) =>
  async (userId: UserId): Promise<OwnProfile> =>
    (await directory.findOwnProfile(userId)) ?? reject('user_not_found');
