import { secondsAfter } from '../kernel/seconds-after.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { KeyedHashes } from '../ports/keyed-hashes.js';
import type { Passwords } from '../ports/passwords.js';
import type { TicketPurpose, Tickets } from '../ports/tickets.js';
import type { Ticket } from '../../domain/users/commands.js';
import type { Instant, UserId } from '../../domain/kernel/ids.js';

/** What commands on credentials need beside the log. */
export interface Credentials {
  readonly identifiers: Identifiers;
  readonly hashes: KeyedHashes;
  readonly passwords: Passwords;
  readonly tickets: Tickets;
  /** The seconds for which a mailed link is valid. */
  readonly ticketSeconds: Readonly<Record<TicketPurpose, number>>;
}

/** Makes a new ticket for a mailed link, as the log keeps it. */
export const newTicket = (
  purpose: TicketPurpose,
  { identifiers, tickets, ticketSeconds }: Credentials,
  userId: UserId,
  now: Instant,
): Ticket => {
  const ticketId = identifiers.newTicketId();
  const tokenHash = tickets.hashOf(tickets.tokenOf(purpose, userId, ticketId));
  return { ticketId, tokenHash, expiresAt: secondsAfter(now, ticketSeconds[purpose]) };
};
