import { decide, fold, type Decider } from '../../domain/kernel/decider.js';
import type { CommandMap, CommandOf, EventMap, FactOf } from '../../domain/kernel/fact.js';
import { absent, load, type Loaded } from './loaded.js';
import type { EventStore } from '../ports/event-store.js';

/** The result of a decision: the facts to append, and the state after them. */
export interface Decided<State> {
  readonly loaded: Loaded<State>;
  readonly facts: readonly { readonly type: string; readonly data: object }[];
  readonly state: State;
  /** Whether its events leave out the actor. */
  readonly hidesActor: boolean;
}

/** One command on one aggregate, as part of an atomic append. */
export interface Decision<State> {
  decide(store: EventStore, attempt: number): Promise<Decided<State>>;
}

/** Loads the aggregate, then decides. With `expectNew` the first attempt takes it as absent and reads nothing. */
export const decision = <C extends CommandMap, E extends EventMap, S>(
  decider: Decider<C, E, S>,
  id: string,
  command: CommandOf<C>,
  { expectNew = false }: { readonly expectNew?: boolean } = {},
): Decision<S> => ({
  decide: async (store, attempt) => {
    const loaded = expectNew && attempt === 0 ? absent(decider, id) : await load(store, decider, id);
    const facts: readonly FactOf<E>[] = decide(decider, command, loaded.state);
    const state = fold(decider, facts, loaded.state);
    return { loaded, facts, state, hidesActor: decider.hidesActor ?? false };
  },
});
