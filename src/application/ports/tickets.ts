import type { Hash, TicketId, UserId } from '../../domain/kernel/ids.js';

/** What a mailed link is for. */
export type TicketPurpose = 'verify-email' | 'password-reset';

/** Tokens of mailed links: derived from a ticket with a server key, so that the log cannot spend them. */
export interface Tickets {
  /** The token that goes into the link. */
  tokenOf(purpose: TicketPurpose, userId: UserId, ticketId: TicketId): string;
  hashOf(token: string): Hash;
  /** What a genuine token is for, undefined for any other string. */
  open(purpose: TicketPurpose, token: string): { userId: UserId; ticketId: TicketId } | undefined;
}
