import type { Position } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';

/** Enough entries for an hour when the log grows all the time; beyond that every second one is dropped. */
const MAX_HEADS = 3_600;

/** Measures for how long a consumer has been behind the log: since the first event that it has not reached was there. */
export class LagClock {
  #heads: { readonly position: Position; readonly seenAt: number }[] = [];

  /** Notes where the log ends now. Entries that all of these positions have reached are dropped. */
  see(head: Position, now: number, reached: readonly Position[]): void {
    this.#heads = this.#heads.filter(({ position }) => reached.some((each) => !hasReached(each, position)));
    const last = this.#heads.at(-1);
    if (!last || !hasReached(last.position, head)) this.#heads.push({ position: head, seenAt: now });
    if (this.#heads.length > MAX_HEADS) this.#heads = this.#heads.filter((_, index) => index % 2 === 0);
  }

  secondsBehind(position: Position, now: number): number {
    const missing = this.#heads.find((head) => !hasReached(position, head.position));
    return missing ? (now - missing.seenAt) / 1_000 : 0;
  }
}
