import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { Settings } from '../../domain/users/settings.js';
import type { UserDirectory } from '../ports/user-directory.js';

/** One's own settings. */
export const getSettings =
  (directory: UserDirectory) =>
  async (userId: UserId): Promise<Settings> =>
    (await directory.findSettings(userId)) ?? reject('user_not_found');
