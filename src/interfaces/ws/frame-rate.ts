const FRAMES_PER_SECOND = 50;
const BURST = 200;
/** The time that a client waits after it was too fast: the frames of this time may then be sent again. */
const WAIT_MS = 1_000;
/** The frames that a client may send within the wait after it was seen to know of it. */
const MAX_REGARDLESS = 100;
/** The frames that may be refused within one wait, whatever the client knows: it may have sent them all beforehand. */
const MAX_REFUSED = 2_000;

/** Counts how many frames a socket may still send, which grows with time. A client that was too fast waits first. */
export class FrameRate {
  readonly #scale: number;
  readonly #now: () => number;
  #left: number;
  #at: number;
  #waitsUntil = -Infinity;
  #waits = 0;
  #isKnown = false;
  #refused = 0;
  #regardless = 0;
  #regardlessBefore = 0;

  constructor(scale: number, now: () => number = () => performance.now()) {
    this.#scale = scale;
    this.#now = now;
    this.#left = BURST * scale;
    this.#at = now();
  }

  /** Takes one frame that counts for so many. Answers 0, or in how many milliseconds the frame may come again. */
  take(cost = 1): number {
    const now = this.#now();
    this.#left = Math.min(
      BURST * this.#scale,
      this.#left + ((now - this.#at) / 1_000) * FRAMES_PER_SECOND * this.#scale,
    );
    this.#at = now;
    if (now >= this.#waitsUntil) {
      if (this.#left >= 1) {
        this.#left -= cost; // Below zero, the next frames wait for what this one took.
        return 0;
      }
      this.#beginWait(now);
    }
    this.#refused += 1;
    if (this.#isKnown) this.#regardless += 1;
    return Math.min(WAIT_MS, Math.ceil(this.#waitsUntil - now)); // The sum of two times may differ in its last digit.
  }

  /** A wait that the client has kept makes up for one that it has not. */
  #beginWait(now: number): void {
    this.#regardlessBefore = this.#regardless === 0 ? 0 : this.#regardlessBefore + this.#regardless;
    this.#waitsUntil = now + WAIT_MS;
    this.#waits += 1;
    this.#isKnown = false;
    this.#refused = 0;
    this.#regardless = 0;
  }

  /** The number of times that the client was told to wait. */
  get waits(): number {
    return this.#waits;
  }

  /** Notes that the client was seen to know of the wait with this number: it sends whatever follows regardless of it. */
  isKnown(wait: number): void {
    if (wait === this.#waits) this.#isKnown = true;
  }

  /** Says whether the client ignores that it was told to wait. This is never so for a client that waits. */
  get isDisregarded(): boolean {
    const regardless = this.#regardlessBefore + this.#regardless;
    return regardless > MAX_REGARDLESS * this.#scale || this.#refused > MAX_REFUSED * this.#scale;
  }
}
