import type { UserEvents } from '../../domain/users/events.js';
import type { Projected, Projector } from '../projections/projector.js';

/** The queue of mails to send: one for each event that asks for it, however often it is seen. */
export interface OutboxWriter {
  /** Remembers whom to write to. */
  remember(event: Projected<UserEvents['UserRegistered']>): void;
  enqueue(kind: 'verify-email', event: Projected<UserEvents['EmailVerificationRequested']>): void;
}

/** When a verification was asked for, mail its link. */
export const verificationMail: Projector<UserEvents, { readonly outbox: OutboxWriter }> = {
  name: 'verification-mail',
  on: {
    UserRegistered: (write, event) => write.outbox.remember(event),
    EmailVerificationRequested: (write, event) => write.outbox.enqueue('verify-email', event),
  },
};
