import { emailKey } from '../../domain/users/email.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { newTicket, type Accounts } from './accounts.js';
import { changePerson } from './change-person.js';
import type { MailedLinkParts } from './request-password-reset.js';

/** Mails a new link, if the address is somebody's and not verified yet. The caller learns nothing of that. */
export const resendVerification =
  (transact: Transact, accounts: Accounts, { holders, limits, evenly }: MailedLinkParts) =>
  async ({ email }: { readonly email: string }, context: CommandContext<null>): Promise<void> => {
    const account = emailKey(email);
    await limits.take('resend-verification', { address: context.address, account });
    // These fail alike for every address, so the caller may be told of it.
    // The link of the last mail still works: nobody is kept from it by those who ask for more.
    const mayMail = await limits.mayMail('resend-verification', account);
    const userId = mayMail ? await holders.byEmail(email) : null;
    await evenly(context.correlationId, async () => {
      if (userId === null) return;
      const ticket = newTicket('verify-email', accounts, userId, context.now);
      const data = { userId, ticket, at: context.now };
      await changePerson(transact, { type: 'RequestEmailVerification', data }, context);
    });
  };

export type ResendVerification = ReturnType<typeof resendVerification>;
