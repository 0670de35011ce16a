const FRAMES_PER_SECOND = 50;
const BURST = 200;
/** How long a client that was too fast waits: the frames of so long are there again then. */
const WAIT_MS = 1_000;
/** How many frames may come before that from a client that was seen to know. */
const MAX_REGARDLESS = 100;
/** How many frames may be refused in one wait, whatever the client knows: it may have sent them all beforehand. */
const MAX_REFUSED = 2_000;

/** How many frames a socket may still send: refilled with time. A client that was too fast waits first. */
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

  /** Takes one frame that counts for so many; 0, or in how many milliseconds it may come again. */
  take(cost = 1): number {
    const now = this.#now();
    this.#left = Math.min(
      BURST * this.#scale,
      this.#left + ((now - this.#at) / 1_000) * FRAMES_PER_SECOND * this.#scale,
    );
    this.#at = now;
    if (now >= this.#waitsUntil) {
      if (this.#left >= 1) {
        this.#left -= cost; // below zero: the next ones wait for what it took
        return 0;
      }
      this.#beginWait(now);
    }
    this.#refused += 1;
    if (this.#isKnown) this.#regardless += 1;
    return Math.min(WAIT_MS, Math.ceil(this.#waitsUntil - now)); // the sum of two times may be off by a hair
  }

  /** A wait that the client has kept makes up for those that it has not. */
  #beginWait(now: number): void {
    this.#regardlessBefore = this.#regardless === 0 ? 0 : this.#regardlessBefore + this.#regardless;
    this.#waitsUntil = now + WAIT_MS;
    this.#waits += 1;
    this.#isKnown = false;
    this.#refused = 0;
    this.#regardless = 0;
  }

  /** Counts the times that the client was told to wait. */
  get waits(): number {
    return this.#waits;
  }

  /** The client was seen to know of the wait with this number: whatever it sends now it sends regardless. */
  isKnown(wait: number): void {
    if (wait === this.#waits) this.#isKnown = true;
  }

  /** Whether the client goes on regardless of what it was told. A client that waits as it is told never does. */
  get isDisregarded(): boolean {
    const regardless = this.#regardlessBefore + this.#regardless;
    return regardless > MAX_REGARDLESS * this.#scale || this.#refused > MAX_REFUSED * this.#scale;
  }
}
