import type { CommandContext } from '../kernel/command-context.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { LogOut } from './log-out.js';
import type { RefreshSession } from './refresh-session.js';

interface LogOutByTokenInput {
  readonly scope: 'session' | 'all';
  readonly refreshToken: string;
}

/**
 * Ends the session of a refresh token, or all of its user's. The token is spent first, by the rules of every refresh: one that
 * is not valid ends nothing, and one that was spent before ends its session.
 */
export const logOutByToken =
  (refresh: RefreshSession, logOut: LogOut, { newCommandId }: Pick<Identifiers, 'newCommandId'>) =>
  async ({ scope, refreshToken }: LogOutByTokenInput, context: CommandContext<null>) => {
    const { sessionId, user } = await refresh({ refreshToken }, context);
    return logOut({ scope }, { ...context, commandId: newCommandId(), actor: user.userId, sessionId });
  };
