import { draftOf, type Draft } from './draft.js';
import type { CommandMap, CommandOf, EventMap, FactOf } from './fact.js';

/** One aggregate: how commands are decided and how its state follows from its events. Pure, seen from outside. */
export interface Decider<Commands extends CommandMap, Events extends EventMap, State> {
  /** The first part of its streams' names. */
  readonly category: string;
  readonly initial: State;
  /** Whether its events leave out who commanded them, because nobody is to be told by them. */
  readonly hidesActor?: true;
  /** One entry a command; a broken rule is `reject(code)`, nothing to do is `[]`. */
  readonly decide: {
    readonly [Type in keyof Commands]: (data: Commands[Type], state: State) => readonly FactOf<Events>[];
  };
  /** One entry an event; never refuses: facts are facts. It may change the draft in place, and answers what it came to. */
  readonly evolve: { readonly [Type in keyof Events]: (draft: Draft<State>, data: Events[Type]) => Draft<State> };
}

/** The events that a command leads to in a state; throws a `Rejection` when a rule forbids it. */
export const decide = <Commands extends CommandMap, Events extends EventMap, State>(
  decider: Decider<Commands, Events, State>,
  command: CommandOf<Commands>,
  state: State,
): readonly FactOf<Events>[] => decider.decide[command.type](command.data, state);

/** Whether a decider's state follows from events of this type. */
export const followsFrom = <Commands extends CommandMap, Events extends EventMap, State>(
  { evolve }: Decider<Commands, Events, State>,
  fact: FactOf<EventMap>,
): fact is FactOf<Events> => Object.hasOwn(evolve, fact.type);

/**
 * A fold under way. Its draft is its own, so that an event costs what it changes and not a copy of everything else; a
 * state that it has handed out it never changes again.
 */
export class Folding<Commands extends CommandMap, Events extends EventMap, State> {
  readonly #decider: Decider<Commands, Events, State>;
  #state: State;
  #draft: Draft<State> | undefined;

  constructor(decider: Decider<Commands, Events, State>, from: State = decider.initial) {
    this.#decider = decider;
    this.#state = from;
  }

  add({ type, data }: FactOf<Events>): void {
    this.#draft = this.#decider.evolve[type](this.#draft ?? draftOf(this.#state), data);
  }

  /** The state after what was added. */
  state(): State {
    if (this.#draft !== undefined) this.#state = this.#draft as State;
    this.#draft = undefined;
    return this.#state;
  }
}

/** The state after all the events: from the initial one, or from the one that is given, which stays as it is. */
export const fold = <Commands extends CommandMap, Events extends EventMap, State>(
  decider: Decider<Commands, Events, State>,
  facts: Iterable<FactOf<Events>>,
  from?: State,
): State => {
  const folding = new Folding(decider, from);
  for (const fact of facts) folding.add(fact);
  return folding.state();
};
