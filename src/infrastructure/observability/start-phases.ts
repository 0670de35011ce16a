/** How long the start takes, phase by phase, in milliseconds. The first one is that of Node and the program's modules. */
export class StartPhases {
  readonly #milliseconds: Record<string, number> = {};
  #endedAt = 0;

  /** Says that everything since the phase before was this one. */
  end(phase: string): void {
    const now = performance.now(); // counted from the start of the process
    this.#milliseconds[phase] = Math.round(now - this.#endedAt);
    this.#endedAt = now;
  }

  get milliseconds(): Readonly<Record<string, number>> {
    return this.#milliseconds;
  }
}
