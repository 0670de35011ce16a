import { isChanged } from '../../../application/projections/messages-tables.js';
import type { MessagesWriters } from '../../../application/projections/registry.js';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import { BrokenSequenceError } from '../../../application/ports/projection-store.js';
import { errorCode } from '../../error-code.js';
import type { Statement } from '../../postgres/one-trip.js';
import { BROKEN_SEQUENCE } from '../../postgres/refusals.js';
import { UNIQUE_VIOLATION } from '../../postgres/sql-state.js';
import type { Ask, BatchWriter, RowLoader } from '../../projections/postgres/read-model.js';
import { knownTables } from '../known-tables.js';
import { messagesWriters } from '../messages-writers.js';
import { RowReader } from './row-reader.js';
import * as sql from './messages-rows.sql.js';
import { recordset } from './recordset.js';

/** At most this many rows of a table are remembered, of a few hundred bytes each. */
const MOST_ROWS = 50_000;
/** At most this many messages are remembered, with their texts. */
const MOST_MESSAGES = 5_000;

type NamedStatement = Pick<Statement, 'name' | 'text'>;

const explainAdding = (error: unknown): unknown => {
  const code = errorCode(error);
  if (code === BROKEN_SEQUENCE) return new BrokenSequenceError((error as Error).message, { cause: error });
  if (code !== UNIQUE_VIOLATION) return error;
  return new BrokenSequenceError('a message, or an ordinal of a conversation, would be there twice', { cause: error });
};

/**
 * Stores what the events of a batch mean: the application says that in rows, which are stored table by table. The rows
 * that it is computed from are read before and remembered: nobody else writes them while this node holds the lease.
 */
export class MessagesBatch implements BatchWriter, RowLoader {
  /** Of reactions, pins, preferences, reads, deliveries and changes only the rows of the batch are known: one that is there already stays as it is. */
  readonly #tables = knownTables();
  readonly #reader = new RowReader(this.#tables);
  readonly writers: MessagesWriters = messagesWriters(this.#tables);

  load(events: readonly RecordedEvent[], ask: Ask): Promise<void> {
    return this.#reader.load(events, ask);
  }

  forget(): void {
    for (const rows of Object.values(this.#tables)) rows.forget();
  }

  /**
   * Answers one statement for all that changes with every message, however many events there are, and one more for each
   * table that is seldom changed.
   */
  statements(): Statement[] {
    const { conversations, members, messages, reactions, pins, preferences, reads, deliveries, changes, erased } =
      this.#tables;
    // What an erasure changes in earlier messages is changed by its own statement, which finds all of them.
    const altered = messages.changed.filter(isChanged);
    const portions = [conversations.changed, members.changed, messages.added, reads.changed, changes.changed];
    const save = { ...sql.SAVE, values: portions.flatMap(recordset), explain: explainAdding };
    const naming = messages.changed.filter((row) => row.mentions !== null || isChanged(row));
    const rare: readonly (readonly [NamedStatement, readonly object[]])[] = [
      [sql.CHANGE_MESSAGES, altered],
      [sql.SAVE_MENTIONS, naming],
      [sql.SAVE_REACTIONS, reactions.changed],
      [sql.SAVE_PINS, pins.changed],
      [sql.SAVE_PREFERENCES, preferences.changed],
      [sql.SAVE_DELIVERIES, deliveries.changed],
      [sql.ERASE, erased.changed],
    ];
    return [
      ...(portions.some(({ length }) => length > 0) ? [save] : []),
      ...rare
        .filter(([, rows]) => rows.length > 0)
        .map(([statement, rows]) => ({ ...statement, values: recordset(rows) })),
    ];
  }

  settle(results: readonly unknown[] | undefined): void {
    if (!results) this.forget();
  }

  taken(): void {
    const { conversations, members, messages, erased, reactions, pins, preferences, reads, deliveries, changes } =
      this.#tables;
    // An erasure has changed rows that are remembered as they were.
    if (erased.changed.length > 0) {
      this.forget();
      return;
    }
    messages.settle(MOST_MESSAGES);
    for (const rows of [conversations, members, erased]) rows.settle(MOST_ROWS);
    for (const rows of [reactions, pins, preferences, reads, deliveries, changes]) rows.forget();
  }
}
