import type { Hash, Instant, SessionId, TicketId, UserId } from '../kernel/ids.js';

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
  /** Ends every session begun before this epoch, but for the excepted one. */
  SessionsEnded: { userId: UserId; epoch: number; exceptSessionId: SessionId | null; endedAt: Instant };
};
