import type { MailOutbox, MailToSend } from '../../../application/ports/mail-outbox.js';
import type { MailWriters } from '../../../application/projections/registry.js';
import type { EventId, UserId } from '../../../domain/kernel/ids.js';
import type { MemoryReadModel } from '../../projections/memory/memory-read-model.js';

/** The time after which a taken mail is due again, if its node has died. */
const CLAIMED_MS = 120_000;

interface Recipient {
  readonly userId: UserId;
  readonly email: string;
  readonly displayName: string;
}

type QueuedMail = Omit<MailToSend, 'email' | 'displayName'> & {
  /** The time at which it is due, in milliseconds of the clock; 0 for a mail that is due at once. */
  readonly nextAttemptAt: number;
  readonly isSent: boolean;
};

/** The tables of the `mail` projection. */
export type MailTables = { readonly recipients: Map<string, Recipient>; readonly outbox: Map<string, QueuedMail> };

/** The queue of mails in memory. */
export const mailInMemory: MemoryReadModel<MailWriters, MailTables> = {
  create: () => ({ recipients: new Map(), outbox: new Map() }),
  writersOf: ({ recipients, outbox }) => ({
    outbox: {
      remember: ({ data: { userId, email, displayName } }) => {
        if (!recipients.has(userId)) recipients.set(userId, { userId, email, displayName });
      },
      rename: ({ data: { userId, displayName } }) => {
        const recipient = recipients.get(userId);
        if (recipient) recipients.set(userId, { ...recipient, displayName });
      },
      enqueue: (kind, { eventId, data: { userId, ticketId, expiresAt } }) => {
        const mail = { eventId, kind, userId, ticketId, expiresAt, attempts: 0, nextAttemptAt: 0, isSent: false };
        if (!outbox.has(eventId)) outbox.set(eventId, mail);
      },
      withdraw: ({ data: { userId } }) => {
        recipients.delete(userId);
        for (const [key, mail] of outbox) if (mail.userId === userId) outbox.delete(key);
      },
    },
  }),
};

/** Takes mails from the queue. */
export const mailOutboxInMemory = (tables: () => MailTables, now: () => number): MailOutbox => {
  const change = (eventId: EventId, changed: Partial<QueuedMail>): void => {
    const mail = tables().outbox.get(eventId);
    if (mail) tables().outbox.set(eventId, { ...mail, ...changed });
  };
  const claim = ({ nextAttemptAt: _, isSent: __, ...mail }: QueuedMail): MailToSend[] => {
    const recipient = tables().recipients.get(mail.userId);
    if (!recipient) return [];
    const attempts = mail.attempts + 1;
    change(mail.eventId, { attempts, nextAttemptAt: now() + CLAIMED_MS });
    return [{ ...mail, attempts, email: recipient.email, displayName: recipient.displayName }];
  };
  return {
    claimDue: async (limit) =>
      [...tables().outbox.values()]
        .filter(({ isSent, nextAttemptAt }) => !isSent && nextAttemptAt <= now())
        .sort((one, other) => one.nextAttemptAt - other.nextAttemptAt)
        .slice(0, limit)
        .flatMap(claim),
    markSent: async (eventId) => change(eventId, { isSent: true }),
    withdrawn: async (eventIds) =>
      eventIds.filter((eventId) => {
        const mail = tables().outbox.get(eventId);
        return !mail || !tables().recipients.has(mail.userId);
      }),
    countUnsent: async () => [...tables().outbox.values()].filter(({ isSent }) => !isSent).length,
    markFailed: async (eventId, retryInSeconds) => change(eventId, { nextAttemptAt: now() + retryInSeconds * 1_000 }),
  };
};
