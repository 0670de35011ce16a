import type { Identifiers } from '../ports/identifiers.js';
import type { KeyedHashes } from '../ports/keyed-hashes.js';
import type { Passwords } from '../ports/passwords.js';
import type { Tickets } from '../ports/tickets.js';
import type { Ticket } from '../../domain/users/commands.js';
import type { Instant, UserId } from '../../domain/kernel/ids.js';

/** What the commands of accounts need beside the log. */
export interface Accounts {
  readonly identifiers: Identifiers;
  readonly hashes: KeyedHashes;
  readonly passwords: Passwords;
  readonly tickets: Tickets;
  readonly verifyTokenSeconds: number;
}

/** The time so many seconds after another. */
export const secondsAfter = (instant: Instant, seconds: number): Instant =>
  new Date(Date.parse(instant) + seconds * 1_000).toISOString() as Instant;

/** A new ticket to verify an address: what the log keeps of it. */
export const newVerification = (
  { identifiers, tickets, verifyTokenSeconds }: Accounts,
  userId: UserId,
  now: Instant,
): Ticket => {
  const ticketId = identifiers.newTicketId();
  const tokenHash = tickets.hashOf(tickets.tokenOf('verify-email', userId, ticketId));
  return { ticketId, tokenHash, expiresAt: secondsAfter(now, verifyTokenSeconds) };
};
