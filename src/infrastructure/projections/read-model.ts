import type pg from 'pg';

/** Collects what a batch of events means, and writes it in few statements. */
export interface BatchWriter {
  /** Within the projection's transaction; unqualified table names are the projection's own. */
  flush(client: pg.ClientBase): Promise<void>;
  /** Called when the transaction was committed, or (false) rolled back: forgets the batch. */
  settle(committed: boolean): void;
}

/** The tables of one projection, in a schema of their own. */
export interface ReadModel<Writers> {
  /** Creates the tables in the current schema. */
  readonly tables: string;
  /** By table, what the log does not say: columns that are not compared with it, and which rows are. The table is `t`. */
  readonly unproven?: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly where?: (schema: string) => string }>
  >;
  /** What the projectors write to, and what then brings it to the database, in this order. */
  open(): { readonly writers: Writers; readonly batch: readonly BatchWriter[] };
}
