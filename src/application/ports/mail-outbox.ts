import type { EventId, Instant, TicketId, UserId } from '../../domain/kernel/ids.js';
import type { TicketPurpose } from './tickets.js';

/** The purpose of a mail, which is that of its link. */
export type MailKind = TicketPurpose;

/** A mail that is due. */
export interface MailToSend {
  /** The event that asked for the mail. One mail is sent for each. */
  readonly eventId: EventId;
  readonly kind: MailKind;
  readonly userId: UserId;
  readonly email: string;
  readonly displayName: string;
  readonly ticketId: TicketId;
  readonly expiresAt: Instant;
  /** The number of attempts, this one included. */
  readonly attempts: number;
}

/** The queue of mails. */
export interface MailOutbox {
  /** Takes mails that are due, so that no other node sends them meanwhile. */
  claimDue(limit: number): Promise<readonly MailToSend[]>;
  markSent(eventId: EventId): Promise<void>;
  /** Answers which of these mails the queue holds no more, as their users were erased: what was kept of them must go. */
  withdrawn(eventIds: readonly EventId[]): Promise<readonly EventId[]>;
  /** Counts the mails that have not been sent, those that failed and are tried again among them. */
  countUnsent(): Promise<number>;
  markFailed(eventId: EventId, retryInSeconds: number, error: string): Promise<void>;
}
