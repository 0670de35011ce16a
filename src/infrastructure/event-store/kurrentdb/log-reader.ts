import type { KurrentDBClient, ReadPosition, RecordedEvent } from '@kurrent/kurrentdb-client';
import type { EventFilter, ReadAllOptions, ReadStreamOptions } from '../../../application/ports/event-store.js';
import type { RawEvent } from '../../../application/ports/raw-log.js';
import type { Position, StreamId } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached, LOG_START } from '../../../domain/kernel/position.js';
import { passes } from '../event-filter.js';
import { giveUpTime, retried, type CallParts } from './calls.js';
import { isStreamNotFound } from './kurrentdb-errors.js';
import { EVENTS_REGEX, eventOf } from './records.js';

type Direction = 'forwards' | 'backwards';
type ServerFilter = NonNullable<NonNullable<Parameters<KurrentDBClient['readAll']>[0]>['filter']>;

interface Read {
  readonly direction: Direction;
  readonly limit: number;
  /** Markers and events of the system, too. */
  readonly everything?: boolean;
}

const START = 'start';
const END = 'end';
const WAYS = { forwards: { end: START, step: 1 }, backwards: { end: END, step: -1 } } as const;
const BEFORE_THE_FIRST = -1n;

type Place = Position | typeof START | typeof END;

/** Where a read begins. A position is one that the server has given out: it cannot read anywhere else. */
const fromPosition = (from: Place): ReadPosition =>
  from === START || from === END ? (from as 'start' | 'end') : { commit: BigInt(from), prepare: BigInt(from) };

const escaped = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** Answers what the server filters by: it filters by types or by names of streams, and not by both. */
const serverFilter = (filter: EventFilter | undefined): ServerFilter => {
  if (filter?.types && !filter.streamPrefixes)
    return { filterOn: 'eventType', regex: `^(${filter.types.map(escaped).join('|')})$`, checkpointInterval: 1 };
  if (filter?.streamPrefixes && !filter.types && filter.streamPrefixes.length > 0)
    return { filterOn: 'streamName', prefixes: [...filter.streamPrefixes], checkpointInterval: 1 };
  return { filterOn: 'eventType', regex: EVENTS_REGEX, checkpointInterval: 1 };
};

const collected = async (records: AsyncIterable<{ readonly event?: RecordedEvent }>): Promise<RawEvent[]> => {
  const events: RawEvent[] = [];
  for await (const { event } of records) if (event) events.push(eventOf(event));
  return events;
};

const isOfTheLog = new RegExp(EVENTS_REGEX, 'u');

/** Reads the log and its streams from the leader, a page at a time: a page that fails is read again as a whole. */
export class LogReader {
  readonly #client: KurrentDBClient;
  readonly #parts: CallParts;

  constructor(client: KurrentDBClient, parts: CallParts) {
    this.#client = client;
    this.#parts = parts;
  }

  /** Reads a page of a stream; an absent one has none. */
  async #streamPage(
    streamId: string,
    from: bigint | 'start' | 'end',
    { direction, limit }: Read,
    giveUpAt = giveUpTime(this.#parts.limits),
  ): Promise<RawEvent[]> {
    const options = { fromRevision: from, direction, maxCount: limit, requiresLeader: true };
    try {
      return await retried(this.#parts, () => collected(this.#client.readStream(streamId, options)), giveUpAt);
    } catch (error) {
      if (isStreamNotFound(error)) return [];
      throw error;
    }
  }

  /** Gives pages of a stream. */
  async *stream(
    streamId: StreamId,
    { from, direction = 'forwards', limit = Infinity }: ReadStreamOptions,
  ): AsyncGenerator<readonly RawEvent[]> {
    const { end, step } = WAYS[direction];
    let next: bigint | typeof end = from === undefined ? end : BigInt(from);
    for (let left = limit; left > 0 && next !== BEFORE_THE_FIRST; left -= this.#parts.limits.pageSize) {
      const size = Math.min(left, this.#parts.limits.pageSize);
      const events = await this.#streamPage(streamId, next, { direction, limit: size });
      yield events;
      const last = events.at(-1);
      if (!last || events.length < size) return;
      next = BigInt(last.revision + step);
    }
  }

  /** Answers the last event of a stream. */
  async lastOf(streamId: string, giveUpAt?: number): Promise<RawEvent | undefined> {
    const [last] = await this.#streamPage(streamId, 'end', { direction: 'backwards', limit: 1 }, giveUpAt);
    return last;
  }

  #page(from: Place, { direction, limit, everything }: Read, filter?: EventFilter): Promise<RawEvent[]> {
    const options = {
      fromPosition: fromPosition(from),
      direction,
      maxCount: limit,
      requiresLeader: true,
      ...(!everything && { filter: serverFilter(filter) }),
    };
    return retried(this.#parts, () => collected(this.#client.readAll(options)));
  }

  /** Reads a record and those behind it, whatever they are. */
  from(position: Position, limit: number): Promise<RawEvent[]> {
    return this.#page(position, { direction: 'forwards', limit, everything: true });
  }

  /** Answers the position of the last event, those of the system and of this store left out. */
  async head(): Promise<Position> {
    const [last] = await this.#page('end', { direction: 'backwards', limit: 1 });
    return last?.position ?? LOG_START;
  }

  /** Gives pages of the log. */
  async *all({
    after = LOG_START,
    upTo,
    direction,
    limit,
    filter,
  }: ReadAllOptions): AsyncGenerator<readonly RawEvent[]> {
    let left = limit ?? Infinity;
    const accept = passes(filter);
    const stretch =
      direction === 'backwards' ? this.#back(after, upTo, left, filter) : this.#on(after, upTo, left, filter);
    for await (const page of stretch) {
      const events = page.filter((event) => isOfTheLog.test(event.type) && accept(event)).slice(0, left);
      left -= events.length;
      yield events;
      if (left === 0) return;
    }
  }

  /** Reads on from a position, which the server counts in. */
  async *#on(
    after: Position,
    upTo: Position | undefined,
    limit: number,
    filter: EventFilter | undefined,
  ): AsyncGenerator<readonly RawEvent[]> {
    const end = upTo ?? (await this.head());
    let from = after;
    while (!hasReached(from, end)) {
      const size = Math.min(limit, this.#parts.limits.pageSize) + 1;
      const page = await this.#page(
        from === LOG_START ? 'start' : from,
        { direction: 'forwards', limit: size },
        filter,
      );
      yield page.filter(({ position }) => comparePositions(position, from) > 0 && hasReached(end, position));
      const last = page.at(-1);
      if (!last || page.length < size) return;
      from = last.position;
    }
  }

  /** Reads back from a position. The server leaves out the record there, so that it is read first. */
  async *#back(
    after: Position,
    upTo: Position | undefined,
    limit: number,
    filter: EventFilter | undefined,
  ): AsyncGenerator<readonly RawEvent[]> {
    if (upTo === LOG_START) return;
    const isWanted = ({ position }: RawEvent) => comparePositions(position, after) > 0;
    if (upTo !== undefined)
      yield (await this.from(upTo, 1)).filter((event) => event.position === upTo && isWanted(event));
    const size = Math.min(limit, this.#parts.limits.pageSize);
    let from: Position | 'end' = upTo ?? 'end';
    for (;;) {
      const page: RawEvent[] = await this.#page(from, { direction: 'backwards', limit: size }, filter);
      yield page.filter(isWanted);
      const last = page.at(-1);
      if (!last || page.length < size || !isWanted(last)) return;
      from = last.position;
    }
  }
}
