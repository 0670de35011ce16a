/** How long the start takes, phase by phase, in milliseconds. The first one is that of Node and the program's modules. */
export class StartPhases {
  readonly #milliseconds: Record<string, number> = {};
  readonly #signal: AbortSignal;
  #endedAt = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Says that everything since the phase before was this one. Raises the signal's reason when the start is to end here. */
  end(phase: string): void {
    this.#signal.throwIfAborted();
    const now = performance.now(); // counted from the start of the process
    this.#milliseconds[phase] = Math.round(now - this.#endedAt);
    this.#endedAt = now;
  }

  get milliseconds(): Readonly<Record<string, number>> {
    return this.#milliseconds;
  }
}
