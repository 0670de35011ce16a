import type { EventFilter } from '../../../application/ports/event-store.js';
import type { Position, StreamId } from '../../../domain/kernel/ids.js';

/** A prepared statement. */
export interface LogQuery {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The direction of a reading, in the words of its statements. */
export type Direction = 'forwards' | 'backwards';

const ORDER = { forwards: 'asc', backwards: 'desc' } as const;
const FROM_REVISION = { forwards: '>=', backwards: '<=' } as const;

const likePrefix = (prefix: string): string => `${prefix.replace(/[\\%_]/g, '\\$&')}%`;

/** The statements that read events in one format. */
export class LogQueries {
  readonly #name: string;
  readonly #select: string;

  constructor(name: string, content: string) {
    this.#name = name;
    this.#select = `select position, stream_id, revision, event_id, type, schema_version, ${content} from log.events`;
  }

  /** Reads a stream from a revision on. */
  stream(direction: Direction, values: readonly [StreamId, number, number]): LogQuery {
    return {
      name: `log.${this.#name}_stream_${direction}`,
      text: `${this.#select} where stream_id = $1 and revision ${FROM_REVISION[direction]} $2
              order by revision ${ORDER[direction]} limit $3`,
      values,
    };
  }

  /** Reads the events at these positions. */
  at(positions: readonly Position[]): LogQuery {
    return {
      name: `log.${this.#name}_at`,
      text: `${this.#select} where position = any ($1::bigint[]) order by position`,
      values: [positions],
    };
  }

  /** Reads the log after one position, up to another. A filter without types and streams lets everything pass. */
  page(direction: Direction, range: readonly [Position, Position, number], filter: EventFilter | undefined): LogQuery {
    const between = `${this.#select} where position > $1 and position <= $2`;
    const order = `order by position ${ORDER[direction]} limit $3`;
    if (!filter?.types && !filter?.streamPrefixes)
      return { name: `log.${this.#name}_page_${direction}`, text: `${between} ${order}`, values: range };
    return {
      name: `log.${this.#name}_filtered_page_${direction}`,
      text: `${between} and (type = any ($4::text[]) or stream_id like any ($5::text[])) ${order}`,
      values: [...range, filter.types ?? [], (filter.streamPrefixes ?? []).map(likePrefix)],
    };
  }
}
