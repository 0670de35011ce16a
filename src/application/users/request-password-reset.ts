import { emailKey } from '../../domain/users/email.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { EvenTime } from '../kernel/even-time.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import { newTicket, type Accounts } from './accounts.js';
import { changePerson } from './change-person.js';
import type { Holders } from './find-holder.js';

export interface MailedLinkParts {
  readonly holders: Holders;
  readonly limits: AttemptLimits;
  /** The caller learns nothing from the time or from an append that fails either. */
  readonly evenly: EvenTime;
}

/** Mails a link to set another password, if the address is somebody's. The caller learns nothing of that. */
export const requestPasswordReset =
  (transact: Transact, accounts: Accounts, { holders, limits, evenly }: MailedLinkParts) =>
  async ({ email }: { readonly email: string }, context: CommandContext<null>): Promise<void> => {
    const account = emailKey(email);
    await limits.take('forgot-password', { address: context.address, account });
    // These fail alike for every address, so the caller may be told of it.
    const userId = await holders.byEmail(email);
    const send = async (): Promise<boolean> => {
      if (userId === null) return false;
      const ticket = newTicket('password-reset', accounts, userId, context.now);
      const data = { userId, ticket, at: context.now };
      return !(await changePerson(transact, { type: 'RequestPasswordReset', data }, context)).repeated;
    };
    // Where too many went out, the link of the last mail still works: nobody is kept from it by those who ask for more.
    await evenly(context.correlationId, () => limits.mail('forgot-password', account, send));
  };
