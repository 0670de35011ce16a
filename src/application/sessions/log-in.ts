import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { session } from '../../domain/sessions/decider.js';
import type { RegisteredUser } from '../../domain/users/state.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Loaded } from '../kernel/loaded.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import { secondsAfter } from '../kernel/seconds-after.js';
import type { Credentials } from '../users/credentials.js';
import type { UserLookup } from '../users/user-lookup.js';
import { loginKey } from '../users/login-key.js';
import type { Users } from '../users/remembered-users.js';
import { tokenAnswer, type Tokens } from './tokens.js';

export interface LogInInput {
  /** A username or an e-mail address. */
  readonly login: string;
  readonly password: string;
  readonly device?: string | undefined;
}

/** What a log-in asks: users as the log has them now, and the limits of attempts. */
export interface LogInParts {
  readonly users: Users;
  readonly lookup: UserLookup;
  readonly limits: AttemptLimits;
}

type KnownUser = Loaded<RegisteredUser> & { readonly userId: UserId };

/** Starts a session. Neither the answer nor its time shows whether there is such a user. */
export const logIn = (
  transact: Transact,
  credentials: Credentials,
  tokens: Tokens,
  { users, lookup, limits }: LogInParts,
) => {
  const find = async (login: string): Promise<KnownUser | null> => {
    const userId = await lookup.byLogin(login);
    if (userId === null) return null;
    const loaded = await users.current(userId);
    return loaded.state.status === 'registered' ? { ...loaded, state: loaded.state, userId } : null;
  };

  const authenticate = async ({ login, password }: LogInInput, address: string): Promise<KnownUser> => {
    // It is counted by the name alone: counted by user, two names of one user would be refused together, and so reveal each other.
    const subject = loginKey(login);
    await limits.take('login', { address, subject });
    const found = await find(login);
    const matches = await credentials.passwords.matches(password, found?.state.passwordHash ?? null);
    if (!found || !matches) return reject('invalid_credentials');
    if (!found.state.emailVerified) return reject('email_not_verified');
    await limits.clear('login', subject, address);
    return found;
  };

  return async (input: LogInInput, context: CommandContext<null>) => {
    const found = await authenticate(input, context.address);
    const { userId, streamId } = found;
    const sessionId = credentials.identifiers.newSessionId();
    const at = context.now;
    const { token, tokenHash } = tokens.refresh.issue(sessionId);
    const device = input.device ?? null;
    const issued = { tokenHash, expiresAt: secondsAfter(at, tokens.refreshSeconds) };
    const { answer, position } = await transact({ ...context, claim: null }, async (attempt) => {
      const now = attempt === 0 ? found : ((await find(input.login)) ?? reject('invalid_credentials'));
      const login = { sessionId, userId, device, address: context.address, epoch: now.state.sessionEpoch };
      const command = { type: 'StartSession', data: { ...login, token: issued, at } } as const;
      return {
        decisions: [decision(session, sessionId, command, { expectNew: true })],
        // If the password was changed or sessions were ended meanwhile, the log-in is decided again.
        require: [{ streamId, expected: now.revision }],
        answer: () => tokenAnswer(tokens, { userId, sessionId, user: now.state }, token, at),
      };
    });
    return { ...answer, position };
  };
};

export type LogIn = ReturnType<typeof logIn>;
