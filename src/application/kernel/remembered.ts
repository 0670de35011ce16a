import type { Decider } from '../../domain/kernel/decider.js';
import type { CommandMap, EventMap } from '../../domain/kernel/fact.js';
import type { EventStore } from '../ports/event-store.js';
import { BoundedCache, type CacheBounds } from './bounded-cache.js';
import { load, type Loaded } from './loaded.js';

/** Aggregates of one kind, as they were when they were last read. An append is conditional on the revision that was seen. */
export interface Remembered<Id extends string, State> {
  /**
   * Answers what is remembered, where that is enough; otherwise what the log has now, so that nothing is rejected because of an
   * old state. From the second attempt of a command on the log is asked in any case.
   */
  find(id: Id, isEnough: (state: State) => boolean, attempt?: number): Promise<Loaded<State>>;
  /** Answers what the log has now. Only what follows on what is remembered is read: nothing, where that is current. */
  current(id: Id): Promise<Loaded<State>>;
  /** Drops what is remembered of it, as it has changed. */
  forget(id: Id): void;
}

class StreamMemory<Id extends string, C extends CommandMap, E extends EventMap, S> implements Remembered<Id, S> {
  readonly #store: EventStore;
  readonly #decider: Decider<C, E, S>;
  readonly #known: BoundedCache<Id, Loaded<S>>;
  readonly #underWay = new Map<Id, Promise<Loaded<S>>>();
  readonly #next = new Map<Id, Promise<Loaded<S>>>();

  constructor(store: EventStore, decider: Decider<C, E, S>, { most, weightOf }: CacheBounds<S>) {
    this.#store = store;
    this.#decider = decider;
    this.#known = new BoundedCache({ most, weightOf: ({ state }) => weightOf(state) });
  }

  async find(id: Id, isEnough: (state: S) => boolean, attempt = 0): Promise<Loaded<S>> {
    const known = this.#known.get(id);
    if (attempt > 0) return this.current(id);
    return known && isEnough(known.state) ? known : this.#findInLog(id, isEnough);
  }

  current(id: Id): Promise<Loaded<S>> {
    const underWay = this.#underWay.get(id);
    return this.#next.get(id) ?? (underWay ? this.#readAfter(id, underWay) : this.#read(id));
  }

  forget(id: Id): void {
    this.#known.delete(id);
    this.#underWay.delete(id);
  }

  /** Lets callers who come while it is read go on together, in the order in which they came. */
  async #findInLog(id: Id, isEnough: (state: S) => boolean): Promise<Loaded<S>> {
    const underWay = this.#underWay.get(id);
    const found = await (underWay ?? this.current(id));
    return !underWay || isEnough(found.state) ? found : this.current(id);
  }

  #read(id: Id): Promise<Loaded<S>> {
    const own: Promise<Loaded<S>> = load(this.#store, this.#decider, id, this.#known.get(id))
      .then((loaded) => {
        // It may have been forgotten meanwhile.
        if (this.#underWay.get(id) === own) this.#keep(id, loaded);
        return loaded;
      })
      .finally(() => {
        if (this.#underWay.get(id) === own) this.#underWay.delete(id);
      });
    this.#underWay.set(id, own);
    return own;
  }

  /** A reading under way may have begun before the change that is asked for: all callers who come meanwhile share the next. */
  #readAfter(id: Id, underWay: Promise<unknown>): Promise<Loaded<S>> {
    const begin = (): Promise<Loaded<S>> => {
      this.#next.delete(id);
      return this.#read(id);
    };
    const next = underWay.then(begin, begin);
    this.#next.set(id, next);
    return next;
  }

  #keep(id: Id, loaded: Loaded<S>): void {
    if (loaded.revision === 'no stream') this.#known.delete(id);
    else this.#known.set(id, loaded);
  }
}

/** Remembers aggregates up to a weight of their states; the one that was read longest ago goes first. */
export const remember = <Id extends string, C extends CommandMap, E extends EventMap, S>(
  store: EventStore,
  decider: Decider<C, E, S>,
  bounds: CacheBounds<S>,
): Remembered<Id, S> => new StreamMemory(store, decider, bounds);
