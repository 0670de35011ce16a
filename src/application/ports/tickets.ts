import type { Hash, TicketId, UserId } from '../../domain/kernel/ids.js';

/** The purpose of a mailed link. */
export type TicketPurpose = 'verify-email' | 'password-reset';

/** Makes the tokens of mailed links. They are derived from a ticket with a server key: what is in the log is not enough. */
export interface Tickets {
  /** Answers the token that goes into the link. */
  tokenOf(purpose: TicketPurpose, userId: UserId, ticketId: TicketId): string;
  hashOf(token: string): Hash;
  /** Answers the ticket of a genuine token; undefined for any other string. */
  open(purpose: TicketPurpose, token: string): { userId: UserId; ticketId: TicketId } | undefined;
}
