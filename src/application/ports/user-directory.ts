import type { Instant, UserId } from '../../domain/kernel/ids.js';
import type { UserRole } from '../../domain/users/roles.js';
import type { Settings } from '../../domain/users/settings.js';

/** What anybody may see of a user. */
export interface PublicProfile {
  readonly userId: UserId;
  readonly username: string;
  readonly displayName: string;
  readonly bio: string | null;
  readonly avatarMediaId: null;
}

/** What a user sees of themselves. */
export interface OwnProfile extends PublicProfile {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly roles: readonly UserRole[];
  readonly createdAt: Instant;
}

/** A part of a list: behind the cursor of an earlier answer, so many at most. */
export interface Page {
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface ProfilePage {
  readonly profiles: readonly PublicProfile[];
  /** Null at the end. */
  readonly nextCursor: string | null;
}

/** How somebody stands to others. */
export type Relation = 'contacts' | 'blocks';

/** The read model of users. Lists raise `InvalidCursorError`. */
export interface UserDirectory {
  findOwnProfile(userId: UserId): Promise<OwnProfile | undefined>;
  findSettings(userId: UserId): Promise<Settings | undefined>;
  /** Those that exist, by id; erased ones too. */
  profiles(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, PublicProfile>>;
  /** Those of these users who show nobody what they read, and are not shown it either. */
  withoutReceipts(userIds: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  /** Users one of whose terms begins with the search key; by username. */
  search(key: string, page: Page): Promise<ProfilePage>;
  /** By username. */
  related(userId: UserId, relation: Relation, page: Page): Promise<ProfilePage>;
}
