const FRAMES_PER_SECOND = 50;
const BURST = 200;

/** How many frames a socket may still send: refilled with time. */
export class FrameRate {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #at = performance.now();

  constructor(scale: number) {
    this.#perSecond = FRAMES_PER_SECOND * scale;
    this.#burst = BURST * scale;
    this.#left = this.#burst;
  }

  /** Takes one; false when there are none. */
  take(): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
