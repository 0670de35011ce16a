import type { Hash, Instant, TicketId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { Ticket } from './commands.js';

interface Presented {
  readonly ticketId: TicketId;
  readonly tokenHash: Hash;
  readonly at: Instant;
}

/** Rejects a ticket that is not the one that was mailed last, or that has expired. */
export const requireTicket = (ticket: Ticket | null, { ticketId, tokenHash, at }: Presented): void => {
  if (ticket?.ticketId !== ticketId || ticket.tokenHash !== tokenHash) reject('token_invalid');
  else if (ticket.expiresAt <= at) reject('token_expired');
};
