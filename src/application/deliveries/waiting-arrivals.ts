import type { Arrival } from '../ports/delivery-views.js';

/** An arrival that waits to be recorded. */
export interface WaitingArrival extends Arrival {
  /** The ordinal of the message: of one conversation and user the newest counts. */
  readonly seq: number;
  /** How often the read model has been asked for it in vain. */
  readonly tries: number;
}

/** Arrivals by user and conversation, the newest of each, and no more than so many. */
export class WaitingArrivals {
  readonly #most: number;
  readonly #arrivals = new Map<string, WaitingArrival>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#arrivals.size;
  }

  /** Where there are too many, it is left out: the next message of the conversation says the same, and more. */
  add(arrival: WaitingArrival): void {
    const key = `${arrival.userId} ${arrival.conversationId}`;
    const known = this.#arrivals.get(key);
    if (known ? known.seq >= arrival.seq : this.#arrivals.size >= this.#most) return;
    this.#arrivals.set(key, arrival);
  }

  /** Answers all of them, and forgets them. */
  take(): WaitingArrival[] {
    const all = [...this.#arrivals.values()];
    this.#arrivals.clear();
    return all;
  }
}
