import type { EventId, Instant, TicketId, UserId } from '../../domain/kernel/ids.js';
import type { TicketPurpose } from './tickets.js';

/** What a mail is for: a link of this purpose. */
export type MailKind = TicketPurpose;

/** A mail that is due. */
export interface MailToSend {
  /** The event that asked for it: it is sent once for each. */
  readonly eventId: EventId;
  readonly kind: MailKind;
  readonly userId: UserId;
  readonly email: string;
  readonly displayName: string;
  readonly ticketId: TicketId;
  readonly expiresAt: Instant;
  /** This one included. */
  readonly attempts: number;
}

/** The queue of mails. */
export interface MailOutbox {
  /** Takes mails that are due, so that no other node sends them meanwhile. */
  claimDue(limit: number): Promise<readonly MailToSend[]>;
  markSent(eventId: EventId): Promise<void>;
  /** Those of these mails that the queue holds no more, as their users were erased: what was kept of them has to go. */
  withdrawn(eventIds: readonly EventId[]): Promise<readonly EventId[]>;
  markFailed(eventId: EventId, retryInSeconds: number, error: string): Promise<void>;
}
