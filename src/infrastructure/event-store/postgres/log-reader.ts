import type pg from 'pg';
import type { EventCodec } from '../../../application/ports/event-codec.js';
import type {
  EventFilter,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
} from '../../../application/ports/event-store.js';
import type { Position, StreamId } from '../../../domain/kernel/ids.js';
import { hasReached, laterOf, LOG_START } from '../../../domain/kernel/position.js';
import { requireDecoded, type LogEntry } from '../log-entry.js';
import { EVENT_COLUMNS, queryEvents } from './event-rows.js';

const HEAD = { name: 'log.head', text: 'select coalesce(max(position), 0)::text as head from log.events' };

const STREAM_FORWARDS = {
  name: 'log.stream_forwards',
  text: `select ${EVENT_COLUMNS} from log.events
          where stream_id = $1 and revision >= $2 order by revision limit $3`,
};

const STREAM_BACKWARDS = {
  name: 'log.stream_backwards',
  text: `select ${EVENT_COLUMNS} from log.events
          where stream_id = $1 and revision <= $2 order by revision desc limit $3`,
};

const PAGE = {
  name: 'log.page',
  text: `select ${EVENT_COLUMNS} from log.events where position > $1 and position <= $2 order by position limit $3`,
};

const FILTERED_PAGE = {
  name: 'log.filtered_page',
  text: `select ${EVENT_COLUMNS} from log.events
          where position > $1 and position <= $2 and (type = any ($4::text[]) or stream_id like any ($5::text[]))
          order by position limit $3`,
};

const MAX_REVISION = 2_147_483_647;
const FORWARDS = { query: STREAM_FORWARDS, first: 0, step: 1 };
const BACKWARDS = { query: STREAM_BACKWARDS, first: MAX_REVISION, step: -1 };
/** How many positions a filtered page looks through at most: it stays quick where little passes. */
const SCAN_WINDOW = 50_000;

const likePrefix = (prefix: string): string => `${prefix.replace(/[\\%_]/g, '\\$&')}%`;

/** A filter that names neither types nor streams lets everything pass. */
const pageQuery = (range: readonly [Position, Position, number], filter: EventFilter | undefined) =>
  filter?.types || filter?.streamPrefixes
    ? { ...FILTERED_PAGE, values: [...range, filter.types ?? [], (filter.streamPrefixes ?? []).map(likePrefix)] }
    : { ...PAGE, values: range };

/** A stretch of the log: its entries that pass the filter, and how far it was looked through. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  readonly position: Position;
  readonly atHead: boolean;
}

/** Reads the log from its table, a page at a time. */
export class LogReader {
  readonly #pool: pg.Pool;
  readonly #codec: EventCodec;
  readonly #pageSize: number;

  constructor(pool: pg.Pool, codec: EventCodec, pageSize: number) {
    this.#pool = pool;
    this.#codec = codec;
    this.#pageSize = pageSize;
  }

  async head(): Promise<Position> {
    const { rows } = await this.#pool.query<{ head: Position }>(HEAD);
    return rows[0]?.head ?? LOG_START;
  }

  async *stream(
    streamId: StreamId,
    { from, direction, limit = Infinity }: ReadStreamOptions,
  ): AsyncGenerator<RecordedEvent> {
    const { query, first, step } = direction === 'backwards' ? BACKWARDS : FORWARDS;
    let next = from ?? first;
    let left = limit;
    while (left > 0) {
      const size = Math.min(left, this.#pageSize);
      const events = await queryEvents(this.#pool, this.#codec, { ...query, values: [streamId, next, size] });
      yield* requireDecoded(events);
      if (events.length < size) return;
      left -= size;
      next = (events[size - 1] as LogEntry).revision + step;
    }
  }

  async *all(options: ReadAllOptions): AsyncGenerator<RecordedEvent> {
    const head = await this.head();
    let after = options.after ?? LOG_START;
    let left = options.limit ?? Infinity;
    while (left > 0 && !hasReached(after, head)) {
      const page = await this.page(after, head, options.filter, Math.min(left, this.#pageSize));
      yield* requireDecoded(page.entries);
      left -= page.entries.length;
      after = page.position;
    }
  }

  /** What stands behind a position, up to a head that was asked for before. */
  async page(
    after: Position,
    head: Position,
    filter: EventFilter | undefined,
    limit = this.#pageSize,
  ): Promise<LogPage> {
    const upTo = this.#windowEnd(after, head, filter);
    const entries = await queryEvents(this.#pool, this.#codec, pageQuery([after, upTo, limit], filter));
    const last = entries.at(-1);
    // Never back, should the log be shorter than the position: one that was restored from a copy.
    const position = last && entries.length === limit ? last.position : laterOf(after, upTo);
    return { entries, position, atHead: hasReached(position, head) };
  }

  #windowEnd(after: Position, head: Position, filter: EventFilter | undefined): Position {
    const window = String(BigInt(after) + BigInt(SCAN_WINDOW)) as Position;
    return filter && hasReached(head, window) ? window : head;
  }
}
