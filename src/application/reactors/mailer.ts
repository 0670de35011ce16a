import type { MailOutbox, MailToSend } from '../ports/mail-outbox.js';
import type { Mail, MailTransport } from '../ports/mail-transport.js';

const BATCH = 20;
const FIRST_RETRY_SECONDS = 5;
const LONGEST_RETRY_SECONDS = 3_600;
const MARK_ATTEMPTS = 3;

/** Observes the mailer, for logs and metrics. */
export interface MailerObserver {
  sent(mail: MailToSend): void;
  failed(mail: MailToSend, error: unknown): void;
}

/** Answers the pause after a failure, which grows with each, up to an hour. */
const retryAfterSeconds = (attempts: number): number =>
  Math.min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), LONGEST_RETRY_SECONDS);

/** Each node looks through the mails that it has kept itself: no other node reaches its folder. */
const forgetWithdrawn = async (outbox: MailOutbox, transport: MailTransport): Promise<void> => {
  const kept = await transport.kept();
  if (kept.length === 0) return;
  for (const eventId of await outbox.withdrawn(kept)) await transport.forget(eventId);
};

/** This is tried again, so that a sent mail is not sent once more because the answer of the database was lost. */
const markSent = async (outbox: MailOutbox, { eventId }: MailToSend): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await outbox.markSent(eventId);
      return;
    } catch (error) {
      if (attempt === MARK_ATTEMPTS) throw error; // it is due again after a while, and is sent twice
    }
  }
};

/** Sends every mail that is due; answers how many it took from the queue. */
export const sendDueMails =
  (outbox: MailOutbox, transport: MailTransport, compose: (mail: MailToSend) => Mail, observer: MailerObserver) =>
  async (): Promise<number> => {
    await forgetWithdrawn(outbox, transport);
    const due = await outbox.claimDue(BATCH);
    for (const mail of due) {
      try {
        await transport.send(compose(mail));
      } catch (error) {
        observer.failed(mail, error);
        await outbox.markFailed(mail.eventId, retryAfterSeconds(mail.attempts), String(error));
        continue;
      }
      await markSent(outbox, mail);
      observer.sent(mail);
    }
    return due.length;
  };
