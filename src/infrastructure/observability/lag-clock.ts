import type { Position } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';

/** Enough for an hour when the log grows all the time; beyond it every second one is dropped. */
const MAX_HEADS = 3_600;

/** Tells for how long a follower has been behind the log: since when there has been something that it has not reached yet. */
export class LagClock {
  #heads: { readonly position: Position; readonly seenAt: number }[] = [];

  /** The log ends here now. Called again and again with what followers have reached: what all of them have is forgotten. */
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
