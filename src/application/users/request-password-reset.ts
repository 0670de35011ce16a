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
  /** Neither the time nor a failed append shows the caller anything. */
  readonly minimumDuration: MinimumDuration;
}

/** Mails a link to set another password, if a user has the address. The caller does not learn whether one has. */
export const requestPasswordReset =
  (transact: Transact, credentials: Credentials, { lookup, limits, minimumDuration }: MailedLinkParts) =>
  async ({ email }: { readonly email: string }, context: CommandContext<null>): Promise<void> => {
    const subject = emailKey(email);
    await limits.take('forgot-password', { address: context.address, subject });
    // These fail alike for every address, so the caller may see them.
    const userId = await lookup.byEmail(email);
    const send = async (): Promise<boolean> => {
      if (userId === null) return false;
      const ticket = newTicket('password-reset', credentials, userId, context.now);
      const data = { userId, ticket, at: context.now };
      return !(await changeUser(transact, { type: 'RequestPasswordReset', data }, context)).repeated;
    };
    // Where too many mails went out, the link of the last one still works: others cannot keep the user from it.
    await minimumDuration(context.correlationId, () => limits.mail('forgot-password', subject, send));
  };
