import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { EventStore } from '../ports/event-store.js';
import type { SessionDenylist } from '../ports/session-denylist.js';
import type { SessionViews } from '../ports/session-views.js';
import type { Credentials } from '../users/credentials.js';
import type { UserLookup } from '../users/user-lookup.js';
import type { Users } from '../users/remembered-users.js';
import { authenticate } from './authenticate.js';
import { endSession } from './end-session.js';
import { endSessionsOf } from './end-sessions-of.js';
import { listSessions } from './list-sessions.js';
import { logIn } from './log-in.js';
import { logOut } from './log-out.js';
import { logOutByToken } from './log-out-by-token.js';
import { refreshSession } from './refresh-session.js';
import type { Tokens } from './tokens.js';

export interface SessionPorts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly credentials: Credentials;
  readonly tokens: Tokens;
  readonly users: Users;
  readonly lookup: UserLookup;
  readonly limits: AttemptLimits;
  readonly denylist: SessionDenylist;
  readonly views: SessionViews;
}

/** Log-in, log-out, and the sessions between them. */
export const sessionUseCases = (ports: SessionPorts) => {
  const { transact, store, credentials, tokens, users, lookup, limits, denylist, views } = ports;
  const refresh = refreshSession(transact, tokens, { store, users, denylist, limits });
  const endOwn = logOut(transact, denylist);
  return {
    logIn: logIn(transact, credentials, tokens, { users, lookup, limits }),
    refreshSession: refresh,
    logOut: endOwn,
    logOutByToken: logOutByToken(refresh, endOwn, credentials.identifiers),
    listSessions: listSessions(views),
    endSession: endSession(transact, store, denylist),
    endSessionsOf: endSessionsOf(transact),
    authenticate: authenticate(tokens.access, denylist),
  };
};

export type SessionUseCases = ReturnType<typeof sessionUseCases>;
