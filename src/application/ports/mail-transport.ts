import type { EventId } from '../../domain/kernel/ids.js';

/** A mail that is ready to be sent. */
export interface Mail {
  /** The id is the same for every attempt, so that a receiver can recognise a repeat. */
  readonly id: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Sends mails. */
export interface MailTransport {
  /** Resolves once the next server has taken the mail. */
  send(mail: Mail): Promise<void>;
  /** Lists the mails that were kept here instead of sent. */
  kept(): Promise<readonly EventId[]>;
  /** Removes what was kept of a mail, if anything was. */
  forget(id: EventId): Promise<void>;
}
