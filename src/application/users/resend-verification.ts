import { user } from '../../domain/users/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { step } from '../kernel/step.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import { emailKey } from '../../domain/users/email.js';
import { newVerification, type Accounts } from './accounts.js';
import type { Holders } from './find-holder.js';

/** Mails a new link, if the address is somebody's and not verified yet. The caller learns nothing of that. */
export const resendVerification =
  (transact: Transact, accounts: Accounts, holders: Holders, limits: AttemptLimits) =>
  async ({ email }: { readonly email: string }, context: CommandContext<null>): Promise<void> => {
    await limits.take('resend-verification', { address: context.address, account: emailKey(email) });
    const userId = await holders.byEmail(email);
    if (userId === null) return;
    const data = { userId, ticket: newVerification(accounts, userId, context.now), at: context.now };
    await transact(context, async () => ({
      steps: [step(user, userId, { type: 'RequestEmailVerification', data })],
      answer: () => ({}),
    }));
  };

export type ResendVerification = ReturnType<typeof resendVerification>;
