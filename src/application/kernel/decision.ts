import { decide, fold, type Decider } from '../../domain/kernel/decider.js';
import type { CommandMap, CommandOf, EventMap, FactOf } from '../../domain/kernel/fact.js';
import { absent, load, type Loaded } from './loaded.js';
import type { EventStore, ExpectedRevision } from '../ports/event-store.js';

/** The result of a decision: the facts to append, and the state after them. */
export interface Decided<State> {
  readonly loaded: Loaded<State>;
  /** What the append expects of the stream; left out, the revision that was loaded. */
  readonly expected?: ExpectedRevision;
  readonly facts: readonly { readonly type: string; readonly data: object }[];
  readonly state: State;
  /** Whether its events leave out the actor. */
  readonly hidesActor: boolean;
}

/** One command on one aggregate, as part of an atomic append. */
export interface Decision<State> {
  decide(store: EventStore, attempt: number): Promise<Decided<State>>;
}

/** Decides on an aggregate as it was loaded: the append is refused if it has changed since. */
export const decisionOn = <C extends CommandMap, E extends EventMap, S>(
  decider: Decider<C, E, S>,
  loaded: Loaded<S>,
  command: CommandOf<C>,
): Decision<S> => ({
  decide: async () => {
    const facts: readonly FactOf<E>[] = decide(decider, command, loaded.state);
    return { loaded, facts, state: fold(decider, facts, loaded.state), hidesActor: decider.hidesActor ?? false };
  },
});

/** Loads the aggregate, then decides. With `expectNew` the first attempt takes it as absent and reads nothing. */
export const decision = <C extends CommandMap, E extends EventMap, S>(
  decider: Decider<C, E, S>,
  id: string,
  command: CommandOf<C>,
  { expectNew = false }: { readonly expectNew?: boolean } = {},
): Decision<S> => ({
  decide: async (store, attempt) => {
    const loaded = expectNew && attempt === 0 ? absent(decider, id) : await load(store, decider, id);
    return decisionOn(decider, loaded, command).decide(store, attempt);
  },
});

/**
 * Decides without a look at the stream, on facts that hold in whatever order they come: nothing is read, and the append meets no
 * conflict.
 */
export const decisionInAnyOrder = <C extends CommandMap, E extends EventMap, S>(
  decider: Decider<C, E, S>,
  id: string,
  command: CommandOf<C>,
): Decision<S> => ({
  decide: async (store, attempt) => ({
    ...(await decisionOn(decider, absent(decider, id), command).decide(store, attempt)),
    expected: 'any',
  }),
});
