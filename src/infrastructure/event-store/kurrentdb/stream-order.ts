/** What an append does with streams: it writes to some, and only looks at others. */
interface Touched {
  readonly writes: readonly string[];
  readonly checks: readonly string[];
}

interface Turns {
  /** The last append that writes to the stream, until it has ended. */
  write: Promise<void> | undefined;
  /** The appends since then that only look at it. */
  readonly checks: Set<Promise<void>>;
}

/**
 * Has appends of this process that concern the same stream carried out in the order in which they came: the server takes calls
 * of one connection in any order. Appends that only look at a stream do not wait for each other.
 */
export class StreamOrder {
  readonly #turns = new Map<string, Turns>();

  /** Takes its place at once, and begins when all before it have ended. */
  run<Result>({ writes, checks }: Touched, work: () => Promise<Result>): Promise<Result> {
    const before = [
      ...writes.flatMap((stream) => this.#before(stream, true)),
      ...checks.flatMap((stream) => this.#before(stream, false)),
    ];
    const result = Promise.all(before).then(work);
    const ended = result.then(
      () => undefined,
      () => undefined, // the caller has the error
    );
    for (const stream of writes) this.#turns.set(stream, { write: ended, checks: new Set() });
    for (const stream of checks) this.#turnsOf(stream).checks.add(ended);
    void ended.then(() => this.#forget([...writes, ...checks], ended));
    return result;
  }

  #before(stream: string, isWrite: boolean): readonly Promise<void>[] {
    const turns = this.#turns.get(stream);
    const checks = isWrite ? [...(turns?.checks ?? [])] : [];
    return turns?.write ? [turns.write, ...checks] : checks;
  }

  #turnsOf(stream: string): Turns {
    const turns = this.#turns.get(stream) ?? { write: undefined, checks: new Set() };
    this.#turns.set(stream, turns);
    return turns;
  }

  #forget(streams: readonly string[], ended: Promise<void>): void {
    for (const stream of streams) {
      const turns = this.#turns.get(stream);
      if (!turns) continue;
      turns.checks.delete(ended);
      if (turns.write === ended) turns.write = undefined;
      if (turns.write === undefined && turns.checks.size === 0) this.#turns.delete(stream);
    }
  }
}
