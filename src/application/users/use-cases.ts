import type { StandingHolds } from '../holds/standing-holds.js';
import type { MinimumDuration } from '../kernel/minimum-duration.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { EventStore } from '../ports/event-store.js';
import type { SessionDenylist } from '../ports/session-denylist.js';
import type { OwnProfile, Page, ProfilePage, PublicProfile, UserDirectory } from '../ports/user-directory.js';
import type { UserKeys } from '../ports/user-keys.js';
import type { RequireRole } from '../roles/require-role.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { searchKey } from '../../domain/users/search-key.js';
import type { Settings } from '../../domain/users/settings.js';
import type { Credentials } from './credentials.js';
import { changePassword } from './change-password.js';
import { changeProfile } from './change-profile.js';
import { changeSettings } from './change-settings.js';
import { checkPassword } from './check-password.js';
import { eraseOneself } from './erase-oneself.js';
import { eraseOther } from './erase-other.js';
import { eraseUser } from './erase-user.js';
import type { UserLookup } from './user-lookup.js';
import type { Users } from './remembered-users.js';
import { registerUser } from './register-user.js';
import { requestPasswordReset } from './request-password-reset.js';
import { resendVerification } from './resend-verification.js';
import { resetPassword } from './reset-password.js';
import { verifyEmail } from './verify-email.js';

export interface UserPorts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly credentials: Credentials;
  readonly users: Users;
  readonly lookup: UserLookup;
  readonly limits: AttemptLimits;
  readonly denylist: SessionDenylist;
  readonly holds: StandingHolds;
  readonly keys: Pick<UserKeys, 'idsOf'>;
  readonly minimumDuration: MinimumDuration;
  readonly requireRole: RequireRole;
  readonly onErased: (userId: UserId) => void;
  readonly directory: UserDirectory;
}

/** Registration, passwords, and erasure. */
const credentialUseCases = (ports: UserPorts) => {
  const { transact, credentials, users, lookup, limits, denylist, minimumDuration, requireRole } = ports;
  const mailing = { lookup, limits, minimumDuration };
  const check = checkPassword(users, credentials.passwords, limits);
  const erase = eraseUser(transact, { ...ports, hashes: credentials.hashes });
  return {
    registerUser: registerUser(transact, credentials, limits),
    verifyEmail: verifyEmail(transact, credentials.tickets, limits),
    resendVerification: resendVerification(transact, credentials, mailing),
    requestPasswordReset: requestPasswordReset(transact, credentials, mailing),
    resetPassword: resetPassword(transact, credentials, limits, denylist),
    changePassword: changePassword(transact, credentials.passwords, check, denylist),
    eraseOneself: eraseOneself(erase, check),
    eraseOther: eraseOther(erase, requireRole),
  };
};

/** Queries: each answers from one view. */
const profileQueries = (directory: UserDirectory) => ({
  /** The profile as its own user sees it. */
  getOwnProfile: async (userId: UserId): Promise<OwnProfile> =>
    (await directory.findOwnProfile(userId)) ?? reject('user_not_found'),
  /** The profile as everybody sees it; of an erased user it says that they are erased. */
  getProfile: async (userId: UserId): Promise<PublicProfile> =>
    (await directory.profiles([userId])).get(userId) ?? reject('user_not_found'),
  /** Finds users by the beginning of their username, or of a word of their display name. */
  searchUsers: (query: string, page: Page): Promise<ProfilePage> => directory.search(searchKey(query), page),
  getSettings: async (userId: UserId): Promise<Settings> =>
    (await directory.findSettings(userId)) ?? reject('user_not_found'),
});

const profileUseCases = ({ transact, directory }: UserPorts) => ({
  ...profileQueries(directory),
  changeProfile: changeProfile(transact),
  changeSettings: changeSettings(transact),
});

/** Credentials, profiles and settings of users. */
export const userUseCases = (ports: UserPorts) => ({ ...credentialUseCases(ports), ...profileUseCases(ports) });

export type UserUseCases = ReturnType<typeof userUseCases>;
