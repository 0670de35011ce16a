import type pg from 'pg';
import type { Statement } from '../../postgres/one-trip.js';
import type { BatchWriter } from '../../projections/postgres/read-model.js';

interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

interface Waiting {
  readonly statement: NamedStatement;
  readonly input: object;
}

/** Collects statements that are carried out one after another, each with one JSON parameter, for events that are rare. */
export class StatementBatch implements BatchWriter {
  readonly #onCommitted: () => void;
  #waiting: Waiting[] = [];

  constructor(onCommitted: () => void = () => undefined) {
    this.#onCommitted = onCommitted;
  }

  add(statement: NamedStatement, input: object): void {
    this.#waiting.push({ statement, input });
  }

  statements(): Statement[] {
    return this.#waiting.map(({ statement, input }) => ({ ...statement, values: [JSON.stringify(input)] }));
  }

  settle(results: readonly pg.QueryResult[] | undefined): void {
    this.#waiting = [];
    if (results && results.length > 0) this.#onCommitted();
  }
}
