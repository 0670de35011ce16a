const WORD = 32;

/** Some of the messages of a block, one bit each. */
export class BlockBits {
  readonly #words: Uint32Array;

  constructor(size: number) {
    this.#words = new Uint32Array(size / WORD);
  }

  /** Puts in what a number has as its bits, from a place on. */
  put(place: number, bits: number): void {
    this.#words[place >>> 5] = this.#word(place >>> 5) | (bits << (place & 31));
  }

  add(place: number): void {
    this.put(place, 1);
  }

  remove(place: number): void {
    this.#words[place >>> 5] = this.#word(place >>> 5) & ~(1 << (place & 31));
  }

  /** Keeps those alone that the other has too. */
  intersect(other: BlockBits): void {
    for (let n = 0; n < this.#words.length; n += 1) this.#words[n] = this.#word(n) & other.#word(n);
  }

  unite(other: BlockBits): void {
    for (let n = 0; n < this.#words.length; n += 1) this.#words[n] = this.#word(n) | other.#word(n);
  }

  /** Answers how many messages these are. */
  count(): number {
    let count = 0;
    for (const word of this.#words) {
      // Adds the bits of each pair, then of each four, and of the bytes at last.
      const pairs = word - ((word >>> 1) & 0x55555555);
      const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
      count += Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
    }
    return count;
  }

  /** Answers the places from one to another, the last one first. */
  places(first: number, last: number): number[] {
    const places: number[] = [];
    for (let place = last; place >= first; place -= 1) {
      const word = this.#word(place >>> 5);
      if (word === 0) place = place & ~31;
      else if ((word >>> (place & 31)) & 1) places.push(place);
    }
    return places;
  }

  #word(n: number): number {
    return this.#words[n] as number;
  }
}
