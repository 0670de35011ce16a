import type { EventHeader } from '../../application/ports/event-store.js';
import type { RawEvent } from '../../application/ports/raw-log.js';
import type { Position, StreamId } from '../../domain/kernel/ids.js';

/** An event as it is stored, which has no position yet. */
export type UnplacedEvent = Omit<RawEvent, 'position'>;

/** A log that events are copied from, or to. */
export interface MovedLog {
  /** Where it is, as text to be shown. */
  readonly place: string;
  head(): Promise<Position>;
  /** Reads what stands after a position, up to another. */
  read(after: Position, upTo: Position): AsyncIterable<RawEvent>;
  /** Answers the last event at or before a position; undefined where there is none. */
  lastUpTo(position: Position): Promise<EventHeader | undefined>;
  /** Answers the position of an event; undefined where its stream is not so long. */
  findPosition(streamId: StreamId, revision: number): Promise<Position | undefined>;
  /** Answers the position of the nth event that is appended behind another; not given where only the log itself can tell. */
  positionBehind?(head: Position, nth: number): Position;
  /** Estimates how many events stand between two positions. */
  countBetween(after: Position, upTo: Position): Promise<number>;
  /**
   * Appends events behind the position that was the last one, all or none, and answers their positions once they are durable. Each batch
   * is what one command appended. Raises `CopyRefusedError` where somebody else has appended meanwhile.
   */
  append(batches: readonly (readonly UnplacedEvent[])[], head: Position): Promise<readonly Position[]>;
  close(): Promise<void>;
}

/** Something about the two logs keeps them from being copied. The message says what, and what to do. */
export class CopyRefusedError extends Error {
  override readonly name = 'CopyRefusedError';
}

export const otherWriter = (place: string): CopyRefusedError =>
  new CopyRefusedError(`something else has written to ${place} meanwhile: stop it, and begin again with an empty log`);
