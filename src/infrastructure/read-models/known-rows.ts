/** The rows of a table as far as they are known, with a note of those that were changed. */
export class KnownRows<Row> extends Map<string, Row> {
  /** Whether each is a new one. */
  readonly #changed = new Map<string, boolean>();
  /** The rows that are stored and are to be deleted. */
  readonly #removed = new Map<string, Row>();
  /** The keys that were looked up and have no row. */
  readonly #absent = new Set<string>();

  override set(key: string, row: Row): this {
    const before = this.get(key);
    if (before === row) return this;
    const isStored = before !== undefined || this.#removed.delete(key);
    if (!this.#changed.has(key)) this.#changed.set(key, !isStored);
    return this.#keep(key, row);
  }

  override delete(key: string): boolean {
    const row = this.get(key);
    if (row === undefined) return false;
    if (this.#changed.get(key) !== true) this.#removed.set(key, row);
    this.#changed.delete(key);
    this.#absent.add(key);
    return super.delete(key);
  }

  /** Takes note of a row as it is stored; undefined where there is none. */
  learn(key: string, row: Row | undefined): void {
    if (row === undefined) this.#absent.add(key);
    else this.#keep(key, row);
  }

  /** What is there is absent no more, also once it is forgotten: it has to be looked up then. */
  #keep(key: string, row: Row): this {
    this.#absent.delete(key);
    return super.set(key, row);
  }

  isKnown(key: string): boolean {
    return this.has(key) || this.#absent.has(key);
  }

  get changed(): readonly Row[] {
    return [...this.#changed.keys()].map((key) => this.get(key) as Row);
  }

  /** Answers the rows that were not there before. */
  get added(): readonly Row[] {
    return [...this.#changed].flatMap(([key, isNew]) => (isNew ? [this.get(key) as Row] : []));
  }

  /** Answers the rows that were there before and are not any more. */
  get removed(): readonly Row[] {
    return [...this.#removed.values()];
  }

  /**
   * Takes what was changed as stored. Where more than this many rows are known, the half that has been known for
   * longest is forgotten.
   */
  settle(most: number): void {
    this.#changed.clear();
    this.#removed.clear();
    if (this.#absent.size > most) this.#absent.clear();
    if (this.size <= most) return;
    for (const key of [...this.keys()].slice(0, this.size - most / 2)) super.delete(key);
  }

  forget(): void {
    this.#changed.clear();
    this.#removed.clear();
    this.#absent.clear();
    this.clear();
  }
}
