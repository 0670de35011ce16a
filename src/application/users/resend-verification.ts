import { emailKey } from '../../domain/users/email.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { newTicket, type Credentials } from './credentials.js';
import { changeUser } from './change-user.js';
import type { MailedLinkParts } from './request-password-reset.js';

/** Mails a new link, if the address is somebody's and not verified yet. The caller learns nothing of that. */
export const resendVerification =
  (transact: Transact, credentials: Credentials, { lookup, limits, minimumDuration }: MailedLinkParts) =>
  async ({ email }: { readonly email: string }, context: CommandContext<null>): Promise<void> => {
    const subject = emailKey(email);
    await limits.take('resend-verification', { address: context.address, subject });
    // These fail alike for every address, so the caller may be told of it.
    const userId = await lookup.byEmail(email);
    const send = async (): Promise<boolean> => {
      if (userId === null) return false;
      const ticket = newTicket('verify-email', credentials, userId, context.now);
      const data = { userId, ticket, at: context.now };
      return !(await changeUser(transact, { type: 'RequestEmailVerification', data }, context)).repeated;
    };
    // Where too many went out, the link of the last mail still works: nobody is kept from it by those who ask for more.
    await minimumDuration(context.correlationId, () => limits.mail('resend-verification', subject, send));
  };

export type ResendVerification = ReturnType<typeof resendVerification>;
