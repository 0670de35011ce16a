import { backOffOf, type BackOff } from './back-off.js';

type StopReason =
  /** Nobody has asked for a connection. */
  | 'idle'
  /** The session has ended: somebody has to sign in. */
  | 'signed_out'
  /** The user has more than 20 sockets, and this was the oldest. It is connected again only when somebody asks. */
  | 'too_many_sockets';

export type ConnectionState =
  | { readonly name: 'stopped'; readonly reason: StopReason }
  /** The next try comes after a while. `attempt` counts the tries since the last connection that lasted. */
  | { readonly name: 'waiting'; readonly attempt: number; readonly renew: boolean }
  /** The socket is opened, and the client says who it is; with `renew` by a token that is newer than the refused one. */
  | { readonly name: 'opening'; readonly attempt: number; readonly renew: boolean }
  | { readonly name: 'live'; readonly attempt: number; readonly since: number; readonly renew: boolean };

export type ConnectionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'stop'; readonly reason: StopReason }
  /** The wait is over. */
  | { readonly type: 'due' }
  /** The page is seen again, or the network is back. */
  | { readonly type: 'woke' }
  | { readonly type: 'ready' }
  /** The socket is gone, or could not be opened. */
  | { readonly type: 'closed'; readonly code: number };

export type Action =
  | { readonly do: 'nothing' }
  | { readonly do: 'open'; readonly renew: boolean }
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'close' }
  /** Finds out whether the socket still lives. */
  | { readonly do: 'probe' };

export interface Step {
  readonly state: ConnectionState;
  readonly action: Action;
}

export interface MachineParts {
  readonly backOff: BackOff;
  now(): number;
  random(): number;
}

const UNAUTHENTICATED = 4401;
const TOO_MANY_SOCKETS = 4410;
/** A connection that has lasted so long makes the next wait a short one again. */
const LASTED_MS = 5_000;

const nothing = (state: ConnectionState): Step => ({ state, action: { do: 'nothing' } });

const opening = (attempt: number, renew: boolean): Step => ({
  state: { name: 'opening', attempt, renew },
  action: { do: 'open', renew },
});

const stopped = (reason: StopReason): Step => ({ state: { name: 'stopped', reason }, action: { do: 'close' } });

const hasLasted = (state: ConnectionState, { now }: MachineParts): boolean =>
  state.name === 'live' && now() - state.since >= LASTED_MS;

const waiting = (state: ConnectionState & { readonly attempt: number }, code: number, parts: MachineParts): Step => {
  const { backOff, random } = parts;
  const attempt = hasLasted(state, parts) ? 0 : state.attempt;
  return {
    state: { name: 'waiting', attempt: attempt + 1, renew: code === UNAUTHENTICATED },
    action: { do: 'wait', milliseconds: backOffOf(attempt, code, backOff, random()) },
  };
};

const closed = (state: ConnectionState, code: number, parts: MachineParts): Step => {
  if (state.name !== 'opening' && state.name !== 'live') return nothing(state);
  if (code === TOO_MANY_SOCKETS) return stopped('too_many_sockets');
  const isRenewed = state.renew && !hasLasted(state, parts);
  return code === UNAUTHENTICATED && !isRenewed ? opening(state.attempt, true) : waiting(state, code, parts);
};

const woke = (state: ConnectionState): Step => {
  if (state.name === 'waiting') return opening(state.attempt, state.renew);
  return state.name === 'live' ? { state, action: { do: 'probe' } } : nothing(state);
};

type Reactions = {
  readonly [Type in ConnectionEvent['type']]: (
    state: ConnectionState,
    event: Extract<ConnectionEvent, { readonly type: Type }>,
    parts: MachineParts,
  ) => Step;
};

const reactions: Reactions = {
  start: (state) => (state.name === 'stopped' ? opening(0, false) : nothing(state)),
  stop: (_, { reason }) => stopped(reason),
  due: (state) => (state.name === 'waiting' ? opening(state.attempt, state.renew) : nothing(state)),
  woke,
  ready: (state, _, { now }) => nothing(state.name === 'opening' ? { ...state, name: 'live', since: now() } : state),
  closed: (state, { code }, parts) => closed(state, code, parts),
};

/** Answers what follows from an event in a state. It is pure but for the clock and the dice that it is given. */
export const step = (state: ConnectionState, event: ConnectionEvent, parts: MachineParts): Step =>
  reactions[event.type](state, event as never, parts);
