import { emailClaim, usernameClaim } from '../../domain/claims/decider.js';
import { idOfStream } from '../../domain/kernel/ids.js';
import { user } from '../../domain/users/decider.js';
import { emailKey } from '../../domain/users/email.js';
import { usernameKey } from '../../domain/users/username.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import { newTicket, type Credentials } from './credentials.js';

export interface RegisterUserInput {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly displayName?: string | undefined;
}

/** Registers a user. The claims of the names and the user are one atomic append. A verification mail follows. */
export const registerUser =
  (transact: Transact, credentials: Credentials, limits: AttemptLimits) =>
  async ({ username, email, password, displayName }: RegisterUserInput, context: CommandContext<null>) => {
    await limits.take('register', { address: context.address, subject: emailKey(email) });
    const { hashes, identifiers, passwords } = credentials;
    const at = context.now;
    const userId = identifiers.newUserId();
    const passwordHash = await passwords.hash(password);
    const ticket = newTicket('verify-email', credentials, userId, at);
    const profile = { userId, username, email: email.trim(), displayName: displayName ?? username, passwordHash };
    const usernameId = idOfStream(hashes.usernameStream(usernameKey(username)));
    const emailId = idOfStream(hashes.emailStream(emailKey(email)));
    const { answer, position } = await transact(context, async () => ({
      decisions: [
        // The claims are read first, so that a name that is taken makes no key for a user who will never exist.
        decision(usernameClaim, usernameId, { type: 'ClaimUsername', data: { userId, at } }),
        decision(emailClaim, emailId, { type: 'ClaimEmail', data: { userId, at } }),
        decision(user, userId, { type: 'RegisterUser', data: { ...profile, ticket, at } }, { expectNew: true }),
      ],
      requester: userId,
      answer: () => ({ userId }),
    }));
    return { ...answer, position };
  };

export type RegisterUser = ReturnType<typeof registerUser>;
