import type { UserId } from '../../domain/kernel/ids.js';
import { BoundedCache } from '../kernel/bounded-cache.js';
import type { Blocks } from '../ports/blocks.js';

/** The users and their blocks that are remembered: some ten megabytes. */
const MOST_KNOWN = 100_000;
/** The most users who wait to be asked for. Under more load than that, others are left out. */
const MOST_WANTED = 1_000;

export interface KnownBlocksParts {
  readonly blocks: Blocks;
  /** Called when the blocks of a user are known. */
  readonly onKnown: (userId: UserId) => void;
  /** Called when they could not be asked for. They are asked for again when somebody wants them. */
  readonly onFailed: (error: unknown) => void;
}

/** Remembers with whom users share a block, in either direction. It is asked for once, for all who are wanted at a time. */
export class KnownBlocks {
  readonly #parts: KnownBlocksParts;
  readonly #known = new BoundedCache<UserId, Set<UserId>>({ most: MOST_KNOWN, weightOf: () => 1 });
  readonly #wanted = new Set<UserId>();
  /** The users who are being asked for, and have not changed since. */
  #asked = new Set<UserId>();
  #isAsking = false;

  constructor(parts: KnownBlocksParts) {
    this.#parts = parts;
  }

  /** Answers with whom the user shares a block; undefined where that is not known yet, and is then asked for. */
  of(userId: UserId): ReadonlySet<UserId> | undefined {
    const known = this.#known.get(userId);
    if (!known && !this.#asked.has(userId) && this.#wanted.size < MOST_WANTED) {
      this.#wanted.add(userId);
      void this.#ask();
    }
    return known;
  }

  /** Notes a new block at once. */
  add(one: UserId, other: UserId): void {
    this.#addTo(one, other);
    this.#addTo(other, one);
  }

  #addTo(userId: UserId, other: UserId): void {
    const known = this.#known.get(userId);
    if (known) known.add(other);
    else this.forget(userId);
  }

  /** Forgets what is known of a user, as it has changed; so is an answer that is on its way. */
  forget(userId: UserId): void {
    this.#known.delete(userId);
    if (this.#asked.delete(userId)) this.#wanted.add(userId);
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#wanted.size > 0) {
      this.#asked = new Set(this.#wanted);
      this.#wanted.clear();
      try {
        this.#keep(await this.#parts.blocks.ofUsers([...this.#asked]));
      } catch (error) {
        this.#wanted.clear();
        this.#parts.onFailed(error);
      }
      this.#asked.clear();
    }
    this.#isAsking = false;
  }

  #keep(found: ReadonlyMap<UserId, ReadonlySet<UserId>>): void {
    for (const userId of this.#asked) {
      this.#known.set(userId, new Set(found.get(userId)));
      this.#parts.onKnown(userId);
    }
  }
}
