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
    const userId = await holders.byEmail(email);
    const send = async (): Promise<boolean> => {
      if (userId === null) return false;
      const ticket = newTicket('verify-email', accounts, userId, context.now);
      const data = { userId, ticket, at: context.now };
      return !(await changePerson(transact, { type: 'RequestEmailVerification', data }, context)).repeated;
    };
    // Where too many went out, the link of the last mail still works: nobody is kept from it by those who ask for more.
    await evenly(context.correlationId, () => limits.mail('resend-verification', account, send));
  };

export type ResendVerification = ReturnType<typeof resendVerification>;
