import type { Position } from '../../domain/kernel/ids.js';

/** What a consumer tells of itself while it works, so that others see when it does not come on. */
export class Consumer {
  readonly name: string;
  /** How many seconds may pass between two signs of life when all is well and there is nothing to do. */
  readonly quietSeconds: number;
  readonly #now: () => number;
  #aliveAt: number;
  #position: Position | undefined;

  constructor(name: string, quietSeconds: number, now: () => number) {
    this.name = name;
    this.quietSeconds = quietSeconds;
    this.#now = now;
    this.#aliveAt = now();
  }

  /** It has done what there was to do. */
  alive(): void {
    this.#aliveAt = this.#now();
  }

  /** It has taken everything up to here. */
  reached(position: Position): void {
    this.moved(position);
    this.alive();
  }

  /** Everything up to here has been taken, by whichever node: it says nothing of this one. */
  moved(position: Position): void {
    this.#position = position;
  }

  /** How far it has come in the log; undefined where it does not follow the log, or has not begun. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** For how many seconds longer than usual it has given no sign of life. */
  get silentSeconds(): number {
    return Math.max(0, (this.#now() - this.#aliveAt) / 1_000 - this.quietSeconds);
  }
}
