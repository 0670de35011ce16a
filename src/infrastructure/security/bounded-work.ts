/** Runs so much work at a time; so much more waits, in the order in which it came, and what comes then is refused. */
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
      // The place is handed on: nobody who comes in between takes it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

export interface WorkBounds {
  readonly atOnce: number;
  readonly mayWait: number;
}
