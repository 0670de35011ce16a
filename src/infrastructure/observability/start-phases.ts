/** Measures the phases of a start, in milliseconds, and knows whether it goes on. The first one is the loading of Node and of the program's modules. */
export class StartPhases {
  readonly #milliseconds: Record<string, number> = {};
  readonly #signal: AbortSignal;
  #endedAt = 0;
  #isOver = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Ends a phase, which began where the one before it ended. Raises the signal's reason when the start is to end here. */
  end(phase: string): void {
    this.#signal.throwIfAborted();
    const now = performance.now(); // The time is counted from the start of the process.
    this.#milliseconds[phase] = Math.round(now - this.#endedAt);
    this.#endedAt = now;
  }

  /** Ends the last phase. */
  endLast(phase: string): void {
    this.end(phase);
    this.#isOver = true;
  }

  /** Says whether there are phases to come: the start was not ended either. */
  get areUnderWay(): boolean {
    return !this.#isOver && !this.#signal.aborted;
  }

  get milliseconds(): Readonly<Record<string, number>> {
    return this.#milliseconds;
  }
}
