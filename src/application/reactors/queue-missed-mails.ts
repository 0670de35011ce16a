import type { Instant } from '../../domain/kernel/ids.js';
import { user } from '../../domain/users/decider.js';
import type { RegisteredUser } from '../../domain/users/state.js';
import { isOfType } from '../kernel/is-of-type.js';
import { load } from '../kernel/loaded.js';
import { UndecodableEventError, type EventStore } from '../ports/event-store.js';
import type { MailKind } from '../ports/mail-outbox.js';
import type { MissedMail, MissedMails } from '../ports/missed-mails.js';

export interface MissedMailParts {
  readonly store: EventStore;
  readonly mails: MissedMails;
  readonly now: () => Instant;
  /** Ends the work early: the next run queues the rest. */
  readonly signal?: AbortSignal;
  /** Called with a user whose events cannot be read: their mail stays missing. */
  readonly onFailed: (mail: MissedMail, error: unknown) => void;
}

const requestOf = async (store: EventStore, { streamId, revision }: MissedMail) => {
  for await (const event of store.readStream(streamId, { from: revision, limit: 1 }))
    if (isOfType(event, 'EmailVerificationRequested', 'PasswordResetRequested')) return event;
  throw new Error(`stream ${streamId} has no request for a mail at revision ${revision}`);
};

const wantedTicket = (state: RegisteredUser, kind: MailKind) =>
  kind === 'verify-email' ? state.verification : state.passwordReset;

/** Queues a mail, unless its link is useless by now: it has expired or was used, a newer one was asked for, or its user is gone. */
const queueOne = async ({ store, mails, now }: MissedMailParts, missed: MissedMail): Promise<boolean> => {
  const { type, data } = await requestOf(store, missed);
  const { userId, ticketId, expiresAt } = data;
  const kind: MailKind = type === 'EmailVerificationRequested' ? 'verify-email' : 'password-reset';
  const { state } = await load(store, user, userId);
  if (state.status !== 'registered' || expiresAt <= now()) return false;
  if (wantedTicket(state, kind)?.ticketId !== ticketId) return false;
  const { eventId, position } = missed;
  const { email, displayName } = state;
  await mails.queue({ eventId, kind, userId, ticketId, expiresAt, email, displayName, position });
  return true;
};

/** Queues the mails that were asked for and passed over; answers how many. A second run queues none twice. */
export const queueMissedMails = async (parts: MissedMailParts): Promise<number> => {
  let queued = 0;
  for (const missed of await parts.mails.find()) {
    parts.signal?.throwIfAborted();
    try {
      if (await queueOne(parts, missed)) queued += 1;
    } catch (error) {
      if (!(error instanceof UndecodableEventError)) throw error;
      parts.onFailed(missed, error);
    }
  }
  return queued;
};
