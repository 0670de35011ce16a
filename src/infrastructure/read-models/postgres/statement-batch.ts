import type pg from 'pg';
import type { Statement } from '../../postgres/one-trip.js';
import type { BatchWriter } from '../../projections/postgres/read-model.js';

interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

interface Waiting {
  readonly statement: NamedStatement;
  /** What the statement gets: an object, or the rows of those that take many. */
  readonly input: object | object[];
}

/** Statements that are carried out one after another, each with one JSON parameter: for what happens seldom. */
export class StatementBatch implements BatchWriter {
  readonly #onCommitted: () => void;
  #waiting: Waiting[] = [];

  constructor(onCommitted: () => void = () => undefined) {
    this.#onCommitted = onCommitted;
  }

  add(statement: NamedStatement, input: object): void {
    this.#waiting.push({ statement, input });
  }

  /** For a statement that takes many rows: those that come one after another go in together. */
  addRow(statement: NamedStatement, row: object): void {
    const last = this.#waiting.at(-1);
    if (last?.statement === statement && Array.isArray(last.input)) last.input.push(row);
    else this.#waiting.push({ statement, input: [row] });
  }

  statements(): Statement[] {
    return this.#waiting.map(({ statement, input }) => ({ ...statement, values: [JSON.stringify(input)] }));
  }

  settle(results: readonly pg.QueryResult[] | undefined): void {
    this.#waiting = [];
    if (results && results.length > 0) this.#onCommitted();
  }
}
