import { emailKey } from '../../domain/users/email.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { MinimumDuration } from '../kernel/minimum-duration.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import { newTicket, type Credentials } from './credentials.js';
import { changeUser } from './change-user.js';
import type { UserLookup } from './user-lookup.js';

export interface MailedLinkParts {
  readonly lookup: UserLookup;
  readonly limits: AttemptLimits;
  /** The caller learns nothing from the time or from an append that fails either. */
  readonly minimumDuration: MinimumDuration;
}

/** Mails a link to set another password, if the address is somebody's. The caller learns nothing of that. */
export const requestPasswordReset =
  (transact: Transact, credentials: Credentials, { lookup, limits, minimumDuration }: MailedLinkParts) =>
  async ({ email }: { readonly email: string }, context: CommandContext<null>): Promise<void> => {
    const subject = emailKey(email);
    await limits.take('forgot-password', { address: context.address, subject });
    // These fail alike for every address, so the caller may be told of it.
    const userId = await lookup.byEmail(email);
    const send = async (): Promise<boolean> => {
      if (userId === null) return false;
      const ticket = newTicket('password-reset', credentials, userId, context.now);
      const data = { userId, ticket, at: context.now };
      return !(await changeUser(transact, { type: 'RequestPasswordReset', data }, context)).repeated;
    };
    // Where too many went out, the link of the last mail still works: nobody is kept from it by those who ask for more.
    await minimumDuration(context.correlationId, () => limits.mail('forgot-password', subject, send));
  };
