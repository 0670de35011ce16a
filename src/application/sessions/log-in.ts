import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { session } from '../../domain/sessions/decider.js';
import type { RegisteredUser } from '../../domain/users/state.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Loaded } from '../kernel/loaded.js';
import { step } from '../kernel/step.js';
import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import { secondsAfter, type Accounts } from '../users/accounts.js';
import type { Holders } from '../users/find-holder.js';
import { loginKey } from '../users/login-key.js';
import type { People } from '../users/people.js';
import { tokenAnswer, type Tokens } from './tokens.js';

export interface LogInInput {
  /** A username or an e-mail address. */
  readonly login: string;
  readonly password: string;
  readonly device?: string | undefined;
}

/** Where people and what they may do are known from: the log itself. */
export interface LogInParts {
  readonly people: People;
  readonly holders: Holders;
  readonly limits: AttemptLimits;
}

type KnownUser = Loaded<RegisteredUser> & { readonly userId: UserId };

/** Begins a session. Whether there is such a user shows neither in the answer nor in its time. */
export const logIn = (
  transact: Transact,
  accounts: Accounts,
  tokens: Tokens,
  { people, holders, limits }: LogInParts,
) => {
  const find = async (login: string): Promise<KnownUser | null> => {
    const userId = await holders.byLogin(login);
    if (userId === null) return null;
    const loaded = await people.current(userId);
    return loaded.state.status === 'registered' ? { ...loaded, state: loaded.state, userId } : null;
  };

  const authenticate = async ({ login, password }: LogInInput, address: string): Promise<KnownUser> => {
    // By the name alone: counted by user, two names of one person would be refused together, and so tell of each other.
    const account = loginKey(login);
    await limits.take('login', { address, account });
    const found = await find(login);
    const matches = await accounts.passwords.matches(password, found?.state.passwordHash ?? null);
    if (!found || !matches) return reject('invalid_credentials');
    if (!found.state.emailVerified) return reject('email_not_verified');
    await limits.clear('login', account, address);
    return found;
  };

  return async (input: LogInInput, context: CommandContext<null>) => {
    const found = await authenticate(input, context.address);
    const { userId, streamId } = found;
    const sessionId = accounts.identifiers.newSessionId();
    const at = context.now;
    const { token, tokenHash } = tokens.refresh.issue(sessionId);
    const device = input.device ?? null;
    const issued = { tokenHash, expiresAt: secondsAfter(at, tokens.refreshSeconds) };
    const { answer, position } = await transact({ ...context, claim: null }, async (attempt) => {
      const now = attempt === 0 ? found : ((await find(input.login)) ?? reject('invalid_credentials'));
      const login = { sessionId, userId, device, address: context.address, epoch: now.state.sessionEpoch };
      const command = { type: 'StartSession', data: { ...login, token: issued, at } } as const;
      return {
        steps: [step(session, sessionId, command, { expectNew: true })],
        // A password changed or sessions ended meanwhile: the log-in is judged again.
        require: [{ streamId, expected: now.revision }],
        answer: () => tokenAnswer(tokens, { userId, sessionId, user: now.state }, token, at),
      };
    });
    return { ...answer, position };
  };
};

export type LogIn = ReturnType<typeof logIn>;
