import type { RecentEvents, RecentProblem } from '../../../application/ports/projection-generations.js';

/** Rows by their keys, table by table. A row is replaced, never changed: a copy of the tables is a copy of what is in them. */
export type MemoryTables = Readonly<Record<string, Map<string, object>>>;

/** The tables of one projection in memory. */
export interface MemoryReadModel<Writers, Tables extends MemoryTables> {
  /** Makes empty tables. */
  create(): Tables;
  /** Makes what the projectors write to; each effect is visible at once. */
  writersOf(tables: Tables): Writers;
  /** Answers what the newest events must have left in the tables, and have not. */
  recent?(tables: Tables, newest: RecentEvents): readonly RecentProblem[];
  /** Called with the tables before and after a change, once it is visible. */
  applied?(before: Tables, now: Tables): void;
}

/** The same rows, in tables of their own. */
export const copyOf = <Tables extends MemoryTables>(tables: Tables): Tables =>
  Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, new Map(rows)])) as unknown as Tables;
