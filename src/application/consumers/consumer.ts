import type { Position } from '../../domain/kernel/ids.js';

export interface ConsumerParts {
  readonly name: string;
  readonly quietSeconds: number;
  readonly missed: string | undefined;
  readonly now: () => number;
}

/** The signs of life of a consumer, by which others see when it makes no progress. */
export class Consumer {
  readonly name: string;
  /** The seconds between two signs of life when all is well and there is nothing to do. */
  readonly quietSeconds: number;
  /** What users miss while it is silent; undefined where the node cannot do without it. */
  readonly missed: string | undefined;
  readonly #now: () => number;
  #aliveAt: number;
  #position: Position | undefined;

  constructor({ name, quietSeconds, missed, now }: ConsumerParts) {
    this.name = name;
    this.quietSeconds = quietSeconds;
    this.missed = missed;
    this.#now = now;
    this.#aliveAt = now();
  }

  /** Notes that the consumer has done what there was to do. */
  alive(): void {
    this.#aliveAt = this.#now();
  }

  /** Notes that this consumer has taken everything up to a position. */
  reached(position: Position): void {
    this.moved(position);
    this.alive();
  }

  /** Notes that some node has taken everything up to a position: it is no sign of life of this one. */
  moved(position: Position): void {
    this.#position = position;
  }

  /** The position that it has reached in the log; undefined where it does not follow the log, or has not begun. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** The seconds, beyond the usual ones, for which it has given no sign of life. */
  get silentSeconds(): number {
    return Math.max(0, (this.#now() - this.#aliveAt) / 1_000 - this.quietSeconds);
  }
}
