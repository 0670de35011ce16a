import type { UserCommands } from './commands.js';
import type { RegisteredUser } from './state.js';

type Profile = Pick<RegisteredUser, 'displayName' | 'bio' | 'avatarMediaId'>;
type Changes = Pick<UserCommands['ChangeProfile'], keyof Profile>;

/** Answers a profile with these changes: what is undefined stays. */
export const profileAfter = (now: Profile, { displayName, bio, avatarMediaId }: Changes): Profile => ({
  displayName: displayName ?? now.displayName,
  bio: bio === undefined ? now.bio : bio,
  avatarMediaId: avatarMediaId === undefined ? now.avatarMediaId : avatarMediaId,
});

export const isSameProfile = (one: Profile, other: Profile): boolean =>
  one.displayName === other.displayName && one.bio === other.bio && one.avatarMediaId === other.avatarMediaId;
