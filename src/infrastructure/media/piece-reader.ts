/** Reads a stream piece by piece: a line, then so many bytes, and so on. */
export class PieceReader {
  readonly #source: AsyncIterator<Buffer, undefined>;
  #ahead: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  /** Answers what comes before the next line break; undefined where none comes within so many bytes. */
  async line(mostBytes: number): Promise<string | undefined> {
    let end = this.#ahead.indexOf('\n');
    while (end < 0) {
      const next = this.#ahead.length > mostBytes ? undefined : await this.#next();
      if (next === undefined) return undefined;
      this.#ahead = Buffer.concat([this.#ahead, next]);
      end = this.#ahead.indexOf('\n');
    }
    const line = this.#ahead.subarray(0, end).toString();
    this.#ahead = this.#ahead.subarray(end + 1);
    return line;
  }

  /** Answers the next bytes, so many of them. Raises where the stream ends before. */
  async *bytes(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0;) {
      const piece = this.#ahead.length > 0 ? this.#ahead : await this.#next();
      if (piece === undefined) throw new Error('the stream has ended too early');
      const wanted = piece.subarray(0, left);
      this.#ahead = piece.subarray(left);
      left -= wanted.length;
      yield wanted;
    }
  }

  async #next(): Promise<Buffer | undefined> {
    return (await this.#source.next()).value;
  }
}
