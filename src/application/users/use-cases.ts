import type { EvenTime } from '../kernel/even-time.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { EventStore } from '../ports/event-store.js';
import type { SessionGate } from '../ports/session-gate.js';
import type { UserDirectory } from '../ports/user-directory.js';
import type { RequireRole } from '../roles/require-role.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { Accounts } from './accounts.js';
import { changePassword } from './change-password.js';
import { changeProfile } from './change-profile.js';
import { changeSettings } from './change-settings.js';
import { checkPassword } from './check-password.js';
import { eraseOneself } from './erase-oneself.js';
import { eraseOther } from './erase-other.js';
import { eraseUser } from './erase-user.js';
import type { Holders } from './find-holder.js';
import { getOwnProfile } from './get-own-profile.js';
import { getProfile } from './get-profile.js';
import { getSettings } from './get-settings.js';
import type { People } from './people.js';
import { registerUser } from './register-user.js';
import { requestPasswordReset } from './request-password-reset.js';
import { resendVerification } from './resend-verification.js';
import { resetPassword } from './reset-password.js';
import { searchPeople } from './search-people.js';
import { verifyEmail } from './verify-email.js';

export interface UserPorts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly accounts: Accounts;
  readonly people: People;
  readonly holders: Holders;
  readonly limits: AttemptLimits;
  readonly gate: SessionGate;
  readonly evenly: EvenTime;
  readonly requireRole: RequireRole;
  readonly onErased: (userId: UserId) => void;
  readonly directory: UserDirectory;
}

/** Accounts: how they come to be, are found again, and end. */
const accountUseCases = (ports: UserPorts) => {
  const { transact, store, accounts, people, holders, limits, gate, evenly, requireRole, onErased } = ports;
  const mailing = { holders, limits, evenly };
  const check = checkPassword(people, accounts.passwords, limits);
  const erase = eraseUser(transact, { store, hashes: accounts.hashes, gate, onErased });
  return {
    registerUser: registerUser(transact, accounts, limits),
    verifyEmail: verifyEmail(transact, accounts.tickets, limits),
    resendVerification: resendVerification(transact, accounts, mailing),
    requestPasswordReset: requestPasswordReset(transact, accounts, mailing),
    resetPassword: resetPassword(transact, accounts, limits, gate),
    changePassword: changePassword(transact, accounts.passwords, check, gate),
    eraseOneself: eraseOneself(erase, check),
    eraseOther: eraseOther(erase, requireRole),
  };
};

const profileUseCases = ({ transact, directory }: UserPorts) => ({
  getOwnProfile: getOwnProfile(directory),
  getProfile: getProfile(directory),
  searchPeople: searchPeople(directory),
  changeProfile: changeProfile(transact),
  getSettings: getSettings(directory),
  changeSettings: changeSettings(transact),
});

/** Accounts, profiles and settings. */
export const userUseCases = (ports: UserPorts) => ({ ...accountUseCases(ports), ...profileUseCases(ports) });

export type UserUseCases = ReturnType<typeof userUseCases>;
