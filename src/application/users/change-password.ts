import { user } from '../../domain/users/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { Passwords } from '../ports/passwords.js';
import type { SessionDenylist } from '../ports/session-denylist.js';
import type { CheckPassword } from './check-password.js';

export interface ChangePasswordInput {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** Sets another password. Every other session ends. */
export const changePassword =
  (transact: Transact, passwords: Passwords, check: CheckPassword, denylist: SessionDenylist) =>
  async ({ currentPassword, newPassword }: ChangePasswordInput, context: CommandContext) => {
    const { actor: userId, sessionId: keepSessionId, now: at, address } = context;
    const { passwordHash: currentHash } = await check(userId, currentPassword, address);
    const passwordHash = await passwords.hash(newPassword);
    const data = { userId, currentHash, passwordHash, keepSessionId, at };
    const { answer, position } = await transact({ ...context, claim: null }, async () => ({
      decisions: [decision(user, userId, { type: 'ChangePassword', data })],
      answer: ([{ state }]) => ({ epoch: state.status === 'registered' ? state.sessionEpoch : 0 }),
    }));
    denylist.sessionsEnded(userId, answer.epoch, keepSessionId);
    return { position };
  };
