import type pg from 'pg';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { RecentEvents } from '../../../application/ports/projection-generations.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { RecentQuestion } from './recent-question.js';

/** Collects what a batch of events means, and writes it in few statements. */
export interface BatchWriter {
  /**
   * Answers the statements that write the batch, in one transaction and in this order. Unqualified table names are the
   * projection's own.
   */
  statements(): readonly Statement[];
  /**
   * Called when its statements have been taken: what comes now belongs to the next batch, and rows count as they are once this
   * one is committed. Without it, no batch is computed before the one before it is committed.
   */
  taken?(): void;
  /** Called with what the statements answered once they are committed, or with nothing when they are not: forgets the batch. */
  settle(results: readonly pg.QueryResult[] | undefined): void;
}

/** Asks the tables of the projection something, outside of a transaction. */
export type Ask = <Row extends object>(question: pg.QueryConfig) => Promise<readonly Row[]>;

/** Reads what writers compute with, and remembers it. */
export interface RowLoader {
  /** Reads what these events depend on, as far as it is not known. */
  load(events: readonly RecordedEvent[], ask: Ask): Promise<void>;
  /** Reads what the changed rows are written with, once the events have been applied to them. */
  complete?(ask: Ask): Promise<void>;
  /** Another node may have written meanwhile. */
  forget(): void;
}

/** The tables of one projection, in a schema of their own. */
export interface ReadModel<Writers> {
  /** Creates the tables in the current schema. */
  readonly tables: string;
  /**
   * What the log does not say, by table: the columns that are not compared with it, and which rows are. The table is
   * `t`.
   */
  readonly unproven?: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly where?: (schema: string) => string }>
  >;
  /** Looks for what the newest events must have left in the tables in use: by ids, counts and ordinals, and quickly. */
  readonly recent: (newest: RecentEvents) => readonly RecentQuestion[];
  /**
   * Answers, for a projection that is not rebuilt, the statements that make its tables in use equal to those made anew
   * in this schema.
   */
  readonly repair?: (anewSchema: string) => readonly string[];
  /** Makes what the projectors write to, and what then brings it to the database, in this order. */
  open(): { readonly writers: Writers; readonly batch: readonly BatchWriter[]; readonly rows?: RowLoader };
}
