export interface WorkBounds {
  /** The most pieces of work that run at a time. */
  readonly atOnce: number;
  /** The most pieces of work that wait, in the order in which they came. */
  readonly mayWait: number;
}

/** Runs work within bounds, and refuses what comes beyond them: the rest of the process keeps its connections and threads. */
export class BoundedWork {
  readonly #atOnce: number;
  readonly #mayWait: number;
  readonly #waiting: (() => void)[] = [];
  readonly #refusal: () => Error;
  #running = 0;

  constructor({ atOnce, mayWait }: WorkBounds, refusal: () => Error) {
    this.#atOnce = atOnce;
    this.#mayWait = mayWait;
    this.#refusal = refusal;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#atOnce) this.#running += 1;
    else if (this.#waiting.length < this.#mayWait) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else throw this.#refusal();
    try {
      return await work();
    } finally {
      // The next one takes this place, so that nobody who comes in between does.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
