import { reject } from '../../domain/kernel/rejections.js';
import { user } from '../../domain/users/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { Tickets } from '../ports/tickets.js';

/** Verifies an e-mail address by the token of a mailed link. */
export const verifyEmail =
  (transact: Transact, tickets: Tickets, limits: AttemptLimits) =>
  async ({ token }: { readonly token: string }, context: CommandContext<null>) => {
    await limits.takeFrom('verify-email', context.address);
    const { userId, ticketId } = tickets.open('verify-email', token) ?? reject('token_invalid');
    await limits.takeFor('verify-email', userId, context.address);
    const data = { userId, ticketId, tokenHash: tickets.hashOf(token), at: context.now };
    const { position } = await transact(context, async () => ({
      decisions: [decision(user, userId, { type: 'VerifyEmail', data })],
      answer: () => ({}),
    }));
    return { position };
  };

export type VerifyEmail = ReturnType<typeof verifyEmail>;
