import type { Instant, UserId } from '../../domain/kernel/ids.js';

/** What anybody may see of a person. */
export interface PublicProfile {
  readonly userId: UserId;
  readonly username: string;
  readonly displayName: string;
}

/** What a person sees of themselves. */
export interface OwnProfile extends PublicProfile {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly createdAt: Instant;
}

/** The read model of people. */
export interface UserDirectory {
  findOwnProfile(userId: UserId): Promise<OwnProfile | undefined>;
  /** Those that exist, by id. */
  profiles(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, PublicProfile>>;
}
