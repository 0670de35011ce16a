import type { OwnProfile } from './user-directory.js';

/** The list of users for the command-line tool, also by e-mail address. Erased ones are left out. */
export interface UserList {
  /** Lists the users whose username, name or address begins so, or all without a query, by username. */
  list(query: string | undefined, limit: number): Promise<readonly OwnProfile[]>;
}
