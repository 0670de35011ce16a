import { emailKey } from '../../domain/users/email.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { newTicket, type Credentials } from './credentials.js';
import { changeUser } from './change-user.js';
import type { MailedLinkParts } from './request-password-reset.js';

/** Mails a new link, if a user has the address and it is not verified yet. The caller does not learn whether that is so. */
export const resendVerification =
  (transact: Transact, credentials: Credentials, { lookup, limits, minimumDuration }: MailedLinkParts) =>
  async ({ email }: { readonly email: string }, context: CommandContext<null>): Promise<void> => {
    const subject = emailKey(email);
    await limits.take('resend-verification', { address: context.address, subject });
    // These fail alike for every address, so the caller may see them.
    const userId = await lookup.byEmail(email);
    const send = async (): Promise<boolean> => {
      if (userId === null) return false;
      const ticket = newTicket('verify-email', credentials, userId, context.now);
      const data = { userId, ticket, at: context.now };
      return !(await changeUser(transact, { type: 'RequestEmailVerification', data }, context)).repeated;
    };
    // Where too many mails went out, the link of the last one still works: others cannot keep the user from it.
    await minimumDuration(context.correlationId, () => limits.mail('resend-verification', subject, send));
  };

export type ResendVerification = ReturnType<typeof resendVerification>;
