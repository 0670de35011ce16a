import type { UserEvents } from '../../domain/users/events.js';
import type { MailKind } from '../ports/mail-outbox.js';
import type { Projected, Projector } from '../projections/projector.js';

type Requested = UserEvents['EmailVerificationRequested'] | UserEvents['PasswordResetRequested'];

/** The queue of mails to send: one for each event that asks for it, however often it is seen. */
export interface OutboxWriter {
  /** Keeps the address and the name of a user. */
  remember(event: Projected<UserEvents['UserRegistered']>): void;
  rename(event: Projected<UserEvents['ProfileChanged']>): void;
  enqueue(kind: MailKind, event: Projected<Requested>): void;
  /** Forgets an erased user, and withdraws what was to be sent to them, or was kept. */
  withdraw(event: Projected<UserEvents['UserErased']>): void;
}

/** Queues a mail for each event that asks for one. */
export const userMail: Projector<UserEvents, { readonly outbox: OutboxWriter }> = {
  name: 'user-mail',
  on: {
    UserRegistered: (write, event) => write.outbox.remember(event),
    ProfileChanged: (write, event) => write.outbox.rename(event),
    EmailVerificationRequested: (write, event) => write.outbox.enqueue('verify-email', event),
    PasswordResetRequested: (write, event) => write.outbox.enqueue('password-reset', event),
    UserErased: (write, event) => write.outbox.withdraw(event),
  },
};
