import type { OwnProfile } from './user-directory.js';

/** Users as who runs the server sees them: also by e-mail address. Erased ones are left out. */
export interface UserList {
  /** Those whose username, name or address begins so; all without a query. By username. */
  list(query: string | undefined, limit: number): Promise<readonly OwnProfile[]>;
}
