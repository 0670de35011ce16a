import type { RawEvent } from '../../application/ports/raw-log.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import { batchesOf } from './batches.js';
import { EventHash } from './event-hash.js';
import { CopyRefusedError, type MovedLog, type UnplacedEvent } from './moved-log.js';
import { PositionMap } from './position-map.js';

/** So much is appended at a time, where what one command appended is not more. */
const MOST_EVENTS = 250;
const MOST_BYTES = 262_144;

/** What the copy is doing, and how many events of how many it has done. */
interface CopyProgress {
  readonly doing: 'comparing' | 'copying' | 'verifying';
  readonly events: number;
  readonly total: number;
}

export interface LogCopyParts {
  readonly source: MovedLog;
  readonly target: MovedLog;
  readonly onProgress: (progress: CopyProgress) => void;
}

/** Both logs up to an event, which is the same in both. */
interface Common {
  readonly events: number;
  readonly from: Position;
  readonly to: Position;
  /** What the target holds. */
  readonly sha256: string;
}

const isSame = (stored: RawEvent, expected: UnplacedEvent): boolean =>
  stored.streamId === expected.streamId &&
  stored.revision === expected.revision &&
  stored.eventId === expected.eventId &&
  stored.type === expected.type &&
  stored.schemaVersion === expected.schemaVersion &&
  stored.data.equals(expected.data) &&
  stored.metadata.equals(expected.metadata);

const sizeOf = (events: readonly UnplacedEvent[]): number =>
  events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);

type Batches = readonly (readonly RawEvent[])[];

/** Batches that are appended at once. */
class Chunk {
  readonly batches: (readonly RawEvent[])[] = [];
  #events = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#events === 0;
  }

  /** Says whether it would hold too much with another batch. */
  isFullWith(batch: readonly RawEvent[]): boolean {
    return this.#events + batch.length > MOST_EVENTS || this.#bytes + sizeOf(batch) > MOST_BYTES;
  }

  add(batch: readonly RawEvent[]): void {
    this.batches.push(batch);
    this.#events += batch.length;
    this.#bytes += sizeOf(batch);
  }
}

/** A copy that is the same as its source, as far as it goes. */
export interface Verified {
  readonly events: number;
  readonly sha256: string;
  readonly head: Position;
  /** The number of events that the source has got behind it. */
  readonly left: number;
}

/** Copies a log. It needs no key: nothing is opened. */
export class LogCopy {
  readonly #parts: LogCopyParts;
  readonly #positions: PositionMap;

  constructor(parts: LogCopyParts) {
    this.#parts = parts;
    this.#positions = new PositionMap(parts.source, parts.target);
  }

  /** The place in the target of an event of the source. */
  get positions(): PositionMap {
    return this.#positions;
  }

  /** Copies what is missing, up to where the source ends then. Answers how many events it has added. */
  async copy(): Promise<number> {
    const { source } = this.#parts;
    const common = await this.#compare('comparing');
    const total = common.events + (await source.countBetween(common.from, await source.head()));
    let { from, to, events } = common;
    for (let end = await source.head(); !hasReached(from, end); end = await source.head()) {
      for await (const chunk of this.#chunks(source.read(from, end), to)) {
        to = await this.#append(chunk, to);
        from = chunk.at(-1)?.at(-1)?.position ?? from;
        events += chunk.flat().length;
        this.#parts.onProgress({ doing: 'copying', events, total: Math.max(total, events) });
      }
      from = end;
    }
    return events - common.events;
  }

  /**
   * Reads both logs whole, as far as the copy goes, and compares them. Answers the hash of what the target holds, and how many events
   * the source has got meanwhile.
   */
  async verify(): Promise<Verified> {
    const { source, target } = this.#parts;
    const { events, sha256, from } = await this.#compare('verifying');
    return { events, sha256, left: await source.countBetween(from, await source.head()), head: await target.head() };
  }

  /**
   * Puts batches together to be appended at once behind an event of the target. One that names an event whose position nobody
   * knows before it is appended begins the next of them.
   */
  async *#chunks(events: AsyncIterable<RawEvent>, head: Position): AsyncGenerator<Batches> {
    let chunk = new Chunk();
    let placed = 0;
    for await (const batch of batchesOf(events)) {
      if (!chunk.isEmpty && (chunk.isFullWith(batch) || !(await this.#isPlaced(batch)))) {
        yield chunk.batches;
        chunk = new Chunk();
      }
      chunk.add(batch);
      for (const { position } of batch) this.#foresee(position, head, (placed += 1));
    }
    if (!chunk.isEmpty) yield chunk.batches;
  }

  /** Learns the position that an event will have, where that is known. */
  #foresee(position: Position, head: Position, nth: number): void {
    const foreseen = this.#parts.target.positionBehind?.(head, nth);
    if (foreseen !== undefined) this.#positions.learn(position, foreseen);
  }

  async #isPlaced(batch: readonly RawEvent[]): Promise<boolean> {
    const mapped = await Promise.all(batch.map((event) => this.#positions.mapped(event)));
    return mapped.every((data) => data !== undefined);
  }

  async #append(chunk: Batches, head: Position): Promise<Position> {
    const batches = await Promise.all(chunk.map((batch) => Promise.all(batch.map((event) => this.#mapped(event)))));
    const positions = await this.#parts.target.append(batches, head);
    chunk.flat().forEach(({ position }, index) => this.#positions.learn(position, positions[index] ?? LOG_START));
    return positions.at(-1) ?? head;
  }

  async #mapped(event: RawEvent): Promise<UnplacedEvent> {
    const data = await this.#positions.mapped(event);
    if (!data) throw new CopyRefusedError(`event ${event.eventId} names one that comes behind it`);
    return { ...event, data };
  }

  /** Goes through both, side by side, as far as the target goes. What the source has behind that is not there yet. */
  async #compare(doing: 'comparing' | 'verifying'): Promise<Common> {
    const { source, target, onProgress } = this.#parts;
    const hash = new EventHash();
    const [end, head] = [await source.head(), await target.head()];
    const total = await target.countBetween(LOG_START, head);
    const sources = source.read(LOG_START, end)[Symbol.asyncIterator]();
    let [events, from, to] = [0, LOG_START, LOG_START];
    try {
      for await (const stored of target.read(LOG_START, head)) {
        const next = (await sources.next()) as IteratorResult<RawEvent, undefined>;
        const data = next.value && (await this.#positions.mapped(next.value));
        if (!next.value || !data || !isSame(stored, { ...next.value, data }))
          throw new CopyRefusedError(
            `${target.place} is no copy of ${source.place}: its event ${events + 1} differs. Give it an empty log`,
          );
        hash.add(stored);
        this.#positions.learn(next.value.position, stored.position);
        [from, to] = [next.value.position, stored.position];
        events += 1;
        onProgress({ doing, events, total: Math.max(total, events) });
      }
    } finally {
      await sources.return?.();
    }
    return { events, from, to, sha256: hash.digest() };
  }
}
