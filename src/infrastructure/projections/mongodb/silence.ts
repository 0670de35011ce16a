/** A holder that has not been heard of for so long has lost what it held. */
export const LEASE_MS = 5_000;

/**
 * Watches beats that holders write. Only changes are looked at, with a clock that is never set back: clocks of machines need
 * not agree.
 */
export class Silence {
  readonly #now: () => number;
  #beat: string | undefined;
  #since = 0;
  #beats = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Says whether this beat has been the same for so long that its holder has ended. */
  hasLasted(beat: string): boolean {
    if (this.#beat !== beat) {
      [this.#beat, this.#since] = [beat, this.#now()];
      this.#beats += 1;
    }
    return this.#now() - this.#since >= LEASE_MS;
  }

  /** Whether the holder has written a beat since the first look. */
  get hasChanged(): boolean {
    return this.#beats > 1;
  }
}
