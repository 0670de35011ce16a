import type { MediaId, SessionId, UserId } from '../kernel/ids.js';
import type { Ticket } from './commands.js';
import type { UserRole } from './roles.js';
import type { Settings } from './settings.js';

export interface RegisteredUser {
  readonly status: 'registered';
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
  readonly bio: string | null;
  readonly avatarMediaId: MediaId | null;
  readonly passwordHash: string;
  readonly emailVerified: boolean;
  /** The newest verification ticket, the only one that can be used. */
  readonly verification: Ticket | null;
  /** The newest ticket to set another password, the only one that can be used. */
  readonly passwordReset: Ticket | null;
  /** The number of times that all sessions were ended. A session of an earlier epoch has ended. */
  readonly sessionEpoch: number;
  readonly exceptSessionId: SessionId | null;
  readonly settings: Settings;
  readonly contacts: ReadonlySet<UserId>;
  readonly blocked: ReadonlySet<UserId>;
  readonly roles: ReadonlySet<UserRole>;
}

export type UserState = { readonly status: 'absent' } | RegisteredUser | { readonly status: 'erased' };
