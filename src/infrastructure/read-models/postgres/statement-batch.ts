import type pg from 'pg';
import type { BatchWriter } from '../../projections/read-model.js';

interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Statements that are carried out one after another, each with one JSON parameter: for what happens seldom. */
export class StatementBatch implements BatchWriter {
  readonly #onCommitted: () => void;
  #waiting: { readonly statement: Statement; readonly input: object }[] = [];

  constructor(onCommitted: () => void = () => undefined) {
    this.#onCommitted = onCommitted;
  }

  add(statement: Statement, input: object): void {
    this.#waiting.push({ statement, input });
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
