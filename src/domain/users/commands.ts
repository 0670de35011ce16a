import type { Hash, Instant, SessionId, TicketId, UserId } from '../kernel/ids.js';

/** A mailed one-use ticket: what the log keeps of it. */
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
  EndSessions: { userId: UserId; exceptSessionId: SessionId | null; at: Instant };
};
