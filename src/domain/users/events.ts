import type { Hash, Instant, MediaId, SessionId, TicketId, UserId } from '../kernel/ids.js';
import type { UserRole } from './roles.js';
import type { PresenceAudience } from './settings.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type UserEvents = {
  UserRegistered: {
    userId: UserId;
    username: string;
    email: string;
    displayName: string;
    passwordHash: string;
    registeredAt: Instant;
  };
  EmailVerificationRequested: {
    userId: UserId;
    ticketId: TicketId;
    /** SHA-256 of the mailed token; the token itself is derived from the ticket by the mailer. */
    tokenHash: Hash;
    expiresAt: Instant;
    requestedAt: Instant;
  };
  EmailVerified: { userId: UserId; ticketId: TicketId; verifiedAt: Instant };
  PasswordResetRequested: {
    userId: UserId;
    ticketId: TicketId;
    /** The same as for the verification. */
    tokenHash: Hash;
    expiresAt: Instant;
    requestedAt: Instant;
  };
  /** The password was changed by its user or, with a ticket, by a mailed link. */
  PasswordChanged: { userId: UserId; passwordHash: string; ticketId: TicketId | null; changedAt: Instant };
  /** Every session that began before this epoch has ended, but for the excepted one. */
  SessionsEnded: { userId: UserId; epoch: number; exceptSessionId: SessionId | null; endedAt: Instant };
  /** The event holds the whole profile, also what stayed as it was. */
  ProfileChanged: {
    userId: UserId;
    displayName: string;
    bio: string | null;
    /** It is left out where there is no avatar. */
    avatarMediaId?: MediaId;
    changedAt: Instant;
  };
  /** The event holds all settings, also those that stayed as they were. */
  SettingsChanged: {
    userId: UserId;
    readReceipts: boolean;
    presence: PresenceAudience;
    locale: string;
    notifications: boolean;
    changedAt: Instant;
  };
  ContactAdded: { userId: UserId; contactId: UserId; addedAt: Instant };
  ContactRemoved: { userId: UserId; contactId: UserId; removedAt: Instant };
  UserBlocked: { userId: UserId; blockedId: UserId; blockedAt: Instant };
  UserUnblocked: { userId: UserId; blockedId: UserId; unblockedAt: Instant };
  /** `grantedBy` is null where the role was granted by the command-line tool. */
  RoleGranted: { userId: UserId; role: UserRole; grantedBy: UserId | null; grantedAt: Instant };
  RoleRevoked: { userId: UserId; role: UserRole; revokedBy: UserId | null; revokedAt: Instant };
  /** The user is erased: the key of what is personal in the log is destroyed, and read models forget them. */
  UserErased: {
    userId: UserId;
    /** The ids of the keys that are to be destroyed; left out where none was known. */
    keyIds?: string[];
    erasedBy: UserId | null;
    erasedAt: Instant;
  };
};
