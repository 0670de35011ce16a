import { draftOf, type Draft } from './draft.js';
import type { CommandMap, CommandOf, EventMap, FactOf } from './fact.js';

/** One aggregate: how commands are decided, and how its state follows from its events. It is pure, seen from outside. */
export interface Decider<Commands extends CommandMap, Events extends EventMap, State> {
  /** The first part of the names of its streams. */
  readonly category: string;
  readonly initial: State;
  /** Whether its events leave out the user who gave the command, because nobody may learn it from them. */
  readonly hidesActor?: true;
  /** Whether its state follows from its last event alone: those before it are not read. */
  readonly isInLastEvent?: true;
  /** One entry a command. It answers `reject(code)` where a rule is broken, `[]` where nothing is to do. */
  readonly decide: {
    readonly [Type in keyof Commands]: (data: Commands[Type], state: State) => readonly FactOf<Events>[];
  };
  /** One entry an event. It never rejects: facts are facts. It may change the draft in place, and answers the result. */
  readonly evolve: { readonly [Type in keyof Events]: (draft: Draft<State>, data: Events[Type]) => Draft<State> };
}

/** Answers the events that a command leads to in a state; throws a `Rejection` when a rule forbids it. */
export const decide = <Commands extends CommandMap, Events extends EventMap, State>(
  decider: Decider<Commands, Events, State>,
  command: CommandOf<Commands>,
  state: State,
): readonly FactOf<Events>[] => decider.decide[command.type](command.data, state);

/** Says whether a decider's state follows from events of this type. */
export const followsFrom = <Commands extends CommandMap, Events extends EventMap, State>(
  { evolve }: Decider<Commands, Events, State>,
  fact: FactOf<EventMap>,
): fact is FactOf<Events> => Object.hasOwn(evolve, fact.type);

/**
 * Folds events into a state. The draft belongs to the fold alone, so that an event costs what it changes and not a copy of
 * everything else. A state that the fold has answered is never changed again.
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

  /** Answers the state after the events that were added. */
  state(): State {
    if (this.#draft !== undefined) this.#state = this.#draft as State;
    this.#draft = undefined;
    return this.#state;
  }
}

/** Answers the state after all the events: from the initial one, or from the one that is given, which stays as it is. */
export const fold = <Commands extends CommandMap, Events extends EventMap, State>(
  decider: Decider<Commands, Events, State>,
  facts: Iterable<FactOf<Events>>,
  from?: State,
): State => {
  const folding = new Folding(decider, from);
  for (const fact of facts) folding.add(fact);
  return folding.state();
};
