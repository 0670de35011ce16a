import type { EventId, Position, StreamId } from '../../domain/kernel/ids.js';
import type { MailToSend } from './mail-outbox.js';

/** A request for a mail that the queue has passed over. */
export interface MissedMail {
  readonly eventId: EventId;
  readonly streamId: StreamId;
  readonly revision: number;
  readonly position: Position;
}

/** The requests for mails that the queue should have, and has not. */
export interface MissedMails {
  /** Lists them in the order of the log. */
  find(): Promise<readonly MissedMail[]>;
  /** Puts a mail into the queue, unless it is there: once for each event, however often it is asked for. */
  queue(mail: Omit<MailToSend, 'attempts'> & { readonly position: Position }): Promise<void>;
}
