import type { CommandMap, CommandOf, EventMap, FactOf } from './fact.js';

/** One aggregate: how commands are decided and how its state follows from its events. Pure. */
export interface Decider<Commands extends CommandMap, Events extends EventMap, State> {
  /** The first part of its streams' names. */
  readonly category: string;
  readonly initial: State;
  /** One entry a command; a broken rule is `reject(code)`, nothing to do is `[]`. */
  readonly decide: {
    readonly [Type in keyof Commands]: (data: Commands[Type], state: State) => readonly FactOf<Events>[];
  };
  /** One entry an event; never refuses: facts are facts. */
  readonly evolve: { readonly [Type in keyof Events]: (state: State, data: Events[Type]) => State };
}

/** The events that a command leads to in a state; throws a `Rejection` when a rule forbids it. */
export const decide = <Commands extends CommandMap, Events extends EventMap, State>(
  decider: Decider<Commands, Events, State>,
  command: CommandOf<Commands>,
  state: State,
): readonly FactOf<Events>[] => decider.decide[command.type](command.data, state);

/** The state after one more event. */
export const evolve = <Commands extends CommandMap, Events extends EventMap, State>(
  decider: Decider<Commands, Events, State>,
  state: State,
  fact: FactOf<Events>,
): State => decider.evolve[fact.type](state, fact.data);

/** The state after all the events, from the initial one. */
export const fold = <Commands extends CommandMap, Events extends EventMap, State>(
  decider: Decider<Commands, Events, State>,
  facts: Iterable<FactOf<Events>>,
): State => {
  let state = decider.initial;
  for (const fact of facts) state = evolve(decider, state, fact);
  return state;
};
