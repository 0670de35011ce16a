import type { UserId } from '../../domain/kernel/ids.js';
import type { Page, ProfilePage, Relation, UserDirectory } from '../ports/user-directory.js';

/** One's contacts, or whom one has blocked; by username. */
export const listRelated =
  (directory: UserDirectory) =>
  (userId: UserId, relation: Relation, page: Page): Promise<ProfilePage> =>
    directory.related(userId, relation, page);
