import type pg from 'pg';
import type {
  EventFilter,
  EventHeader,
  ReadAllOptions,
  ReadStreamOptions,
} from '../../../application/ports/event-store.js';
import type { Position, StreamId } from '../../../domain/kernel/ids.js';
import { hasReached, laterOf, LOG_START } from '../../../domain/kernel/position.js';
import { positionBefore } from '../dense-positions.js';
import type { EventRow, RowFormat } from './event-rows.js';
import { LogQueries, type LogQuery } from './log-queries.js';

const HEAD = { name: 'log.head', text: 'select coalesce(max(position), 0)::text as head from log.events' };

const MAX_REVISION = 2_147_483_647;
const STARTS = { forwards: { first: 0, step: 1 }, backwards: { first: MAX_REVISION, step: -1 } } as const;
/** The most positions that a filtered page looks through: it stays quick where few events pass. */
const SCAN_WINDOW = 50_000;

/** A part of the log: the entries that pass the filter, and how far it was looked through. */
export interface LogPage<Entry> {
  readonly entries: readonly Entry[];
  readonly position: Position;
  readonly atHead: boolean;
}

/** Reads the log from its table, a page at a time, in one format. */
export class LogReader<Entry extends EventHeader, Event extends EventHeader> {
  readonly #pool: pg.Pool;
  readonly #format: RowFormat<Entry, Event>;
  readonly #queries: LogQueries;
  readonly #pageSize: number;

  constructor(pool: pg.Pool, format: RowFormat<Entry, Event>, pageSize: number) {
    this.#pool = pool;
    this.#format = format;
    this.#queries = new LogQueries(format.name, format.content);
    this.#pageSize = pageSize;
  }

  async head(): Promise<Position> {
    const { rows } = await this.#pool.query<{ head: Position }>(HEAD);
    return rows[0]?.head ?? LOG_START;
  }

  async #entries({ values, ...query }: LogQuery): Promise<Entry[]> {
    const { rows } = await this.#pool.query<EventRow<never>>({ ...query, values: [...values], rowMode: 'array' });
    return this.#format.entriesOf(rows);
  }

  at(positions: readonly Position[]): Promise<Entry[]> {
    return this.#entries(this.#queries.at(positions));
  }

  async *stream(
    streamId: StreamId,
    { from, direction = 'forwards', limit = Infinity }: ReadStreamOptions,
  ): AsyncGenerator<Event> {
    const { first, step } = STARTS[direction];
    let next = from ?? first;
    let left = limit;
    while (left > 0) {
      const size = Math.min(left, this.#pageSize);
      const entries = await this.#entries(this.#queries.stream(direction, [streamId, next, size]));
      yield* this.#format.eventsOf(entries);
      if (entries.length < size) return;
      left -= size;
      next = (entries[size - 1] as Entry).revision + step;
    }
  }

  /** Reads up to where the log ends at the beginning: events that are appended meanwhile are left out. */
  async *all({ direction, filter, limit = Infinity, ...range }: ReadAllOptions): AsyncGenerator<Event> {
    let [after, upTo] = [range.after ?? LOG_START, await this.#end(range.upTo)];
    let left = limit;
    while (left > 0 && !hasReached(after, upTo)) {
      const size = Math.min(left, this.#pageSize);
      const page = await (direction === 'backwards'
        ? this.#pageBack(after, upTo, filter, size)
        : this.page(after, upTo, filter, size));
      yield* this.#format.eventsOf(page.entries);
      left -= page.entries.length;
      if (direction === 'backwards') upTo = page.position;
      else after = page.position;
    }
  }

  async #end(upTo: Position | undefined): Promise<Position> {
    const head = await this.head();
    return upTo !== undefined && hasReached(head, upTo) ? upTo : head;
  }

  /** Reads what stands after a position, up to a head that was asked for before. */
  async page(
    after: Position,
    head: Position,
    filter: EventFilter | undefined,
    limit = this.#pageSize,
  ): Promise<LogPage<Entry>> {
    const upTo = this.#windowEnd(after, head, filter);
    const entries = await this.#entries(this.#queries.page('forwards', [after, upTo, limit], filter));
    const last = entries.at(-1);
    // The position never goes back, even if the log is shorter because it was restored from a copy.
    const position = last && entries.length === limit ? last.position : laterOf(after, upTo);
    return { entries, position, atHead: hasReached(position, head) };
  }

  #windowEnd(after: Position, head: Position, filter: EventFilter | undefined): Position {
    const window = String(BigInt(after) + BigInt(SCAN_WINDOW)) as Position;
    return filter && hasReached(head, window) ? window : head;
  }

  /** Reads what stands up to a position, the last event first. Its position is the one up to which there is more to read. */
  async #pageBack(
    after: Position,
    upTo: Position,
    filter: EventFilter | undefined,
    limit: number,
  ): Promise<Omit<LogPage<Entry>, 'atHead'>> {
    const from = filter ? laterOf(after, positionBefore(upTo, SCAN_WINDOW)) : after;
    const entries = await this.#entries(this.#queries.page('backwards', [from, upTo, limit], filter));
    const last = entries.at(-1);
    return { entries, position: last && entries.length === limit ? positionBefore(last.position, 1) : from };
  }
}
