/** The bounds of a cache. */
export interface CacheBounds<Value> {
  /** The most that all values together may weigh. */
  readonly most: number;
  /** Answers the weight of a value, in the unit of the bound. It must be the same for the same value. */
  readonly weightOf: (value: Value) => number;
}

/** Keeps values up to a weight; the one that was set longest ago goes first. A value that is too heavy is not kept. */
export class BoundedCache<Key, Value> {
  readonly #bounds: CacheBounds<Value>;
  readonly #values = new Map<Key, Value>();
  #weight = 0;

  constructor(bounds: CacheBounds<Value>) {
    this.#bounds = bounds;
  }

  get(key: Key): Value | undefined {
    return this.#values.get(key);
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const weight = this.#bounds.weightOf(value);
    if (weight > this.#bounds.most) return;
    this.#values.set(key, value);
    this.#weight += weight;
    for (const oldest of this.#values.keys()) {
      if (this.#weight <= this.#bounds.most) return;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#weight -= this.#bounds.weightOf(value);
  }

  clear(): void {
    this.#values.clear();
    this.#weight = 0;
  }
}
