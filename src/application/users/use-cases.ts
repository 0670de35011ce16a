import type { MinimumDuration } from '../kernel/minimum-duration.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { EventStore } from '../ports/event-store.js';
import type { SessionGate } from '../ports/session-gate.js';
import type { UserDirectory } from '../ports/user-directory.js';
import type { RequireRole } from '../roles/require-role.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { Credentials } from './credentials.js';
import { changePassword } from './change-password.js';
import { changeProfile } from './change-profile.js';
import { changeSettings } from './change-settings.js';
import { checkPassword } from './check-password.js';
import { eraseOneself } from './erase-oneself.js';
import { eraseOther } from './erase-other.js';
import { eraseUser } from './erase-user.js';
import type { UserLookup } from './user-lookup.js';
import { getOwnProfile } from './get-own-profile.js';
import { getProfile } from './get-profile.js';
import { getSettings } from './get-settings.js';
import type { Users } from './remembered-users.js';
import { registerUser } from './register-user.js';
import { requestPasswordReset } from './request-password-reset.js';
import { resendVerification } from './resend-verification.js';
import { resetPassword } from './reset-password.js';
import { searchUsers } from './search-users.js';
import { verifyEmail } from './verify-email.js';

export interface UserPorts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly credentials: Credentials;
  readonly users: Users;
  readonly lookup: UserLookup;
  readonly limits: AttemptLimits;
  readonly gate: SessionGate;
  readonly minimumDuration: MinimumDuration;
  readonly requireRole: RequireRole;
  readonly onErased: (userId: UserId) => void;
  readonly directory: UserDirectory;
}

/** How users come to be, find their way in again, and end. */
const credentialUseCases = (ports: UserPorts) => {
  const { transact, store, credentials, users, lookup, limits, gate, minimumDuration, requireRole, onErased } = ports;
  const mailing = { lookup, limits, minimumDuration };
  const check = checkPassword(users, credentials.passwords, limits);
  const erase = eraseUser(transact, { store, hashes: credentials.hashes, gate, onErased });
  return {
    registerUser: registerUser(transact, credentials, limits),
    verifyEmail: verifyEmail(transact, credentials.tickets, limits),
    resendVerification: resendVerification(transact, credentials, mailing),
    requestPasswordReset: requestPasswordReset(transact, credentials, mailing),
    resetPassword: resetPassword(transact, credentials, limits, gate),
    changePassword: changePassword(transact, credentials.passwords, check, gate),
    eraseOneself: eraseOneself(erase, check),
    eraseOther: eraseOther(erase, requireRole),
  };
};

const profileUseCases = ({ transact, directory }: UserPorts) => ({
  getOwnProfile: getOwnProfile(directory),
  getProfile: getProfile(directory),
  searchUsers: searchUsers(directory),
  changeProfile: changeProfile(transact),
  getSettings: getSettings(directory),
  changeSettings: changeSettings(transact),
});

/** Credentials, profiles and settings of users. */
export const userUseCases = (ports: UserPorts) => ({ ...credentialUseCases(ports), ...profileUseCases(ports) });

export type UserUseCases = ReturnType<typeof userUseCases>;
