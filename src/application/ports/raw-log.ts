import type { Position, StreamId } from '../../domain/kernel/ids.js';
import type { EventHeader, ReadAllOptions, ReadStreamOptions, SubscribeOptions } from './event-store.js';

/** An event exactly as it is stored: nothing is opened, lifted or parsed. */
export interface RawEvent extends EventHeader {
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/** What a subscription to the stored bytes hands over at a time. */
export interface RawBatch {
  /** What it follows on: the position of the batch before, or where the subscription began. */
  readonly after: Position;
  /** The events in order of position. There may be none when only the position moved, or when the end was reached. */
  readonly events: readonly RawEvent[];
  /** Everything up to here has been seen, filtered events included. */
  readonly position: Position;
  /** The number of events from `after` up to `position`, filtered events included. */
  readonly passed: number;
  /** Whether the end of the log was reached with this batch: what follows is live. */
  readonly caughtUp: boolean;
}

/** The log as it is stored, for hashing and copying: it needs no key, and knows every event, also one that cannot be decoded. */
export interface RawLog {
  /** Answers the events at these positions, in the order of the log. They are positions that the log has given out: KurrentDB reads at no other. */
  at(positions: readonly Position[]): Promise<readonly RawEvent[]>;
  readAll(options?: ReadAllOptions): AsyncIterable<RawEvent>;
  readStream(streamId: StreamId, options?: ReadStreamOptions): AsyncIterable<RawEvent>;
  /** Catches up, then follows live; in order, without holes, each event once. What it hands over was read from where it is stored. */
  subscribe(options: SubscribeOptions): AsyncIterable<RawBatch>;
}
