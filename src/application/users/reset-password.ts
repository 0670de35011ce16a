import { reject } from '../../domain/kernel/rejections.js';
import { user } from '../../domain/users/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { SessionDenylist } from '../ports/session-denylist.js';
import type { Credentials } from './credentials.js';
import { loginKey } from './login-key.js';

export interface ResetPasswordInput {
  /** The token of the mailed link. */
  readonly token: string;
  readonly password: string;
}

/** Sets another password by a mailed link. Every session ends. */
export const resetPassword =
  (transact: Transact, { tickets, passwords }: Credentials, limits: AttemptLimits, denylist: SessionDenylist) =>
  async ({ token, password }: ResetPasswordInput, context: CommandContext<null>) => {
    await limits.takeFrom('reset-password', context.address);
    const { userId, ticketId } = tickets.open('password-reset', token) ?? reject('token_invalid');
    await limits.takeFor('reset-password', userId, context.address);
    const passwordHash = await passwords.hash(password);
    const data = { userId, ticketId, tokenHash: tickets.hashOf(token), passwordHash, at: context.now };
    const { answer, position } = await transact({ ...context, claim: null }, async () => ({
      decisions: [decision(user, userId, { type: 'ResetPassword', data })],
      answer: ([{ state }]) =>
        state.status === 'registered'
          ? { epoch: state.sessionEpoch, logins: [state.username, state.email] }
          : { epoch: 0, logins: [] },
    }));
    denylist.sessionsEnded(userId, answer.epoch, null);
    // A user who was locked out has proved who they are.
    for (const login of answer.logins) await limits.clear('login', loginKey(login), context.address);
    return { position };
  };
