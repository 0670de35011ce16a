import { searchKey } from '../../domain/users/search-key.js';
import type { Page, ProfilePage, UserDirectory } from '../ports/user-directory.js';

/** Users whose username, or a word of whose display name, begins so; by username. */
export const searchUsers =
  (directory: UserDirectory) =>
  (query: string, page: Page): Promise<ProfilePage> =>
    directory.search(searchKey(query), page);
