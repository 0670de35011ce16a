import type { Work } from '../consumers/consumers.js';
import type { Checkpoints } from '../ports/checkpoints.js';

const LOOK_AGAIN_MS = 1_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;

/** Somebody, or something, that is told each signed head. */
export interface HeadDestination {
  readonly name: string;
  /** Says whether the newest head is to be told. */
  isDue(last: { readonly size: number; readonly note: string }): Promise<boolean>;
  tell(): Promise<void>;
  /** Called with what has kept the head from being told, before it is tried again. */
  onFailed(error: unknown): Promise<void>;
}

export interface TellHeadsParts {
  readonly checkpoints: Pick<Checkpoints, 'last'>;
  readonly destinations: readonly HeadDestination[];
  /** Does the work unless another node is at it; says whether it was done. */
  readonly alone: (work: () => Promise<void>) => Promise<boolean>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Tells one destination, less and less often while that fails. */
class Telling {
  readonly #destination: HeadDestination;
  readonly #now: () => number;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(destination: HeadDestination, now: () => number) {
    this.#destination = destination;
    this.#now = now;
  }

  async round(last: { readonly size: number; readonly note: string }): Promise<void> {
    if (this.#now() < this.#notBefore || !(await this.#destination.isDue(last))) return;
    try {
      await this.#destination.tell();
      this.#failures = 0;
    } catch (error) {
      this.#notBefore = this.#now() + Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
      this.#failures += 1;
      await this.#destination.onFailed(error);
    }
  }
}

/** Tells each signed head to all who are to see it, one node at a time. One that is away holds none of the others up. */
export const tellHeads = ({ checkpoints, destinations, alone, now, sleep }: TellHeadsParts): Work => {
  const tellings = destinations.map((each) => new Telling(each, now));
  const round = async (): Promise<void> => {
    const last = await checkpoints.last();
    if (last) await Promise.all(tellings.map((each) => each.round(last)));
  };
  return async (consumer, signal) => {
    while (!signal.aborted) {
      await alone(round);
      consumer.alive();
      await sleep(LOOK_AGAIN_MS, signal);
    }
  };
};
