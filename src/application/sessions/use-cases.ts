import type { Transact } from '../kernel/transact.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { EventStore } from '../ports/event-store.js';
import type { SessionGate } from '../ports/session-gate.js';
import type { SessionViews } from '../ports/session-views.js';
import type { Accounts } from '../users/accounts.js';
import type { Holders } from '../users/find-holder.js';
import type { People } from '../users/people.js';
import { authenticate } from './authenticate.js';
import { endSession } from './end-session.js';
import { endSessionsOf } from './end-sessions-of.js';
import { listSessions } from './list-sessions.js';
import { logIn } from './log-in.js';
import { logOut } from './log-out.js';
import { refreshSession } from './refresh-session.js';
import type { Tokens } from './tokens.js';

export interface SessionPorts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly people: People;
  readonly holders: Holders;
  readonly limits: AttemptLimits;
  readonly gate: SessionGate;
  readonly views: SessionViews;
}

/** Logging in and out, and the sessions between. */
export const sessionUseCases = (ports: SessionPorts) => {
  const { transact, store, accounts, tokens, people, holders, limits, gate, views } = ports;
  return {
    logIn: logIn(transact, accounts, tokens, { people, holders, limits }),
    refreshSession: refreshSession(transact, tokens, { store, people, gate, limits }),
    logOut: logOut(transact, gate),
    listSessions: listSessions(views),
    endSession: endSession(transact, store, gate),
    endSessionsOf: endSessionsOf(transact),
    authenticate: authenticate(tokens.access, gate),
  };
};

export type SessionUseCases = ReturnType<typeof sessionUseCases>;
