import type { Hash, Instant, MediaId, SessionId, TicketId, UserId } from '../kernel/ids.js';
import type { UserRole } from './roles.js';
import type { Settings } from './settings.js';

/** A ticket that is mailed, and used once, as the log keeps it. */
export interface Ticket {
  ticketId: TicketId;
  tokenHash: Hash;
  expiresAt: Instant;
}

export type UserCommands = {
  RegisterUser: {
    userId: UserId;
    username: string;
    email: string;
    displayName: string;
    passwordHash: string;
    ticket: Ticket;
    at: Instant;
  };
  RequestEmailVerification: { userId: UserId; ticket: Ticket; at: Instant };
  VerifyEmail: { userId: UserId; ticketId: TicketId; tokenHash: Hash; at: Instant };
  /** The user gives the present password; every other session ends. */
  ChangePassword: {
    userId: UserId;
    /** The hash of the password that the user was found to know. */
    currentHash: string;
    passwordHash: string;
    keepSessionId: SessionId | null;
    at: Instant;
  };
  RequestPasswordReset: { userId: UserId; ticket: Ticket; at: Instant };
  /** The user gives the mailed ticket; every session ends. */
  ResetPassword: { userId: UserId; ticketId: TicketId; tokenHash: Hash; passwordHash: string; at: Instant };
  EndSessions: { userId: UserId; exceptSessionId: SessionId | null; at: Instant };
  /** What is undefined stays; null removes it. */
  ChangeProfile: {
    userId: UserId;
    displayName: string | undefined;
    bio: string | null | undefined;
    avatarMediaId: MediaId | null | undefined;
    at: Instant;
  };
  ChangeSettings: { userId: UserId; changes: Partial<Settings>; at: Instant };
  AddContact: { userId: UserId; contactId: UserId; at: Instant };
  RemoveContact: { userId: UserId; contactId: UserId; at: Instant };
  BlockUser: { userId: UserId; blockedId: UserId; at: Instant };
  UnblockUser: { userId: UserId; blockedId: UserId; at: Instant };
  /** `by` is null where the command comes from the command-line tool. */
  GrantRole: { userId: UserId; role: UserRole; by: UserId | null; at: Instant };
  RevokeRole: { userId: UserId; role: UserRole; by: UserId | null; at: Instant };
  /** `isHeld` says whether a legal hold stands on the user. */
  EraseUser: { userId: UserId; isHeld: boolean; keyIds: readonly string[]; by: UserId | null; at: Instant };
};
