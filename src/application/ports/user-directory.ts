import type { Instant, MediaId, UserId } from '../../domain/kernel/ids.js';
import type { UserRole } from '../../domain/users/roles.js';
import type { Settings } from '../../domain/users/settings.js';

/** The profile that everybody may see. */
export interface PublicProfile {
  readonly userId: UserId;
  readonly username: string;
  readonly displayName: string;
  readonly bio: string | null;
  readonly avatarMediaId: MediaId | null;
}

/** The profile that the user sees themselves. */
export interface OwnProfile extends PublicProfile {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly roles: readonly UserRole[];
  readonly createdAt: Instant;
}

/** A part of a list: its place behind the cursor of an earlier answer, and its size at most. */
export interface Page {
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface ProfilePage {
  readonly profiles: readonly PublicProfile[];
  /** It is null at the end of the list. */
  readonly nextCursor: string | null;
}

/** The relation of a user to others. */
export type Relation = 'contacts' | 'blocks';

/** The read model of users. Lists raise `InvalidCursorError`. */
export interface UserDirectory {
  findOwnProfile(userId: UserId): Promise<OwnProfile | undefined>;
  findSettings(userId: UserId): Promise<Settings | undefined>;
  /** Answers the profiles of the users that exist, by id, those of erased ones included. */
  profiles(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, PublicProfile>>;
  /** Answers which of these users show nobody what they read, and are not shown it either. */
  withoutReceipts(userIds: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  /** Lists the users one of whose terms begins with the search key, by username. */
  search(key: string, page: Page): Promise<ProfilePage>;
  /** Lists the users of a relation, by username. */
  related(userId: UserId, relation: Relation, page: Page): Promise<ProfilePage>;
}
