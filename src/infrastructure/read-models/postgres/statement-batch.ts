import type pg from 'pg';
import type { BatchWriter } from '../../projections/postgres/read-model.js';

interface Statement {
  readonly name: string;
  readonly text: string;
}

interface Waiting {
  readonly statement: Statement;
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

  add(statement: Statement, input: object): void {
    this.#waiting.push({ statement, input });
  }

  /** For a statement that takes many rows: those that come one after another go in together. */
  addRow(statement: Statement, row: object): void {
    const last = this.#waiting.at(-1);
    if (last?.statement === statement && Array.isArray(last.input)) last.input.push(row);
    else this.#waiting.push({ statement, input: [row] });
  }

  async flush(client: pg.ClientBase): Promise<void> {
    for (const { statement, input } of this.#waiting)
      await client.query({ ...statement, values: [JSON.stringify(input)] });
  }

  settle(committed: boolean): void {
    const count = this.#waiting.length;
    this.#waiting = [];
    if (committed && count > 0) this.#onCommitted();
  }
}
