/** Gathers bytes into larger pieces, of which the next is gathered while one is being written. */
export class GatheredWrites {
  readonly #leastBytes: number;
  readonly #write: (pieces: readonly Uint8Array[]) => Promise<void>;
  #gathered: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  /** Each write but the last is given at least so many bytes, in the pieces in which they came. */
  constructor(leastBytes: number, write: (pieces: readonly Uint8Array[]) => Promise<void>) {
    this.#leastBytes = leastBytes;
    this.#write = write;
  }

  /** Raises what went wrong with an earlier write. */
  async append(bytes: Uint8Array): Promise<void> {
    this.#gathered.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= this.#leastBytes) await this.#writeOut();
  }

  async #writeOut(): Promise<void> {
    const pieces = this.#gathered;
    [this.#gathered, this.#bytes] = [[], 0];
    await this.#writing;
    this.#writing = this.#write(pieces);
    this.#writing.catch(() => undefined); // Whoever goes on writing is told.
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    await this.#writeOut();
    await this.#writing;
  }

  /** Resolves when nothing is being written any more, whatever has become of it. */
  async settle(): Promise<void> {
    await this.#writing.catch(() => undefined); // Whoever goes on writing is told.
  }
}
