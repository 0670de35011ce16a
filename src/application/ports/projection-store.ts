import type { Position, StreamId } from '../../domain/kernel/ids.js';
import type { EventHeader, RecordedEvent } from './event-store.js';

/** An event that could not be decoded or applied, or one that follows it in its stream. */
export interface ParkedEvent {
  readonly event: EventHeader;
  /** The reason. For a later event of a stream it is that the stream is parked. */
  readonly reason: string;
}

/** The read models of one projection, and its checkpoint. One node works on it at a time, under a lease. */
export interface ProjectionStore {
  /**
   * Takes the lease. Answers the position to go on from; undefined while another living node holds it.
   * Raises an error when the read models are of another version than this program's: what it writes would not fit.
   * Raises `GenerationGoneError` when they are not there any more.
   */
  acquire(): Promise<{ readonly position: Position; readonly parked: ReadonlySet<StreamId> } | undefined>;
  /**
   * Applies events, parks others, and moves the checkpoint, in one transaction; an empty batch just moves it.
   * Raises `LeaseLostError` when another node has taken over; then nothing was applied.
   */
  apply(batch: {
    readonly events: readonly RecordedEvent[];
    readonly parked: readonly ParkedEvent[];
    readonly from: Position;
    readonly to: Position;
  }): Promise<void>;
  /**
   * Is told which events come behind a position while what is before is applied: it may compute meanwhile what they mean.
   * Nobody sees that before they are applied, and they need not be. It never raises.
   */
  computeAhead?(batch: { readonly events: readonly RecordedEvent[]; readonly from: Position }): void;
  /**
   * Prolongs the lease while nothing happens. Raises `LeaseLostError`, also when the checkpoint is not where it was left:
   * a crash of the database can set it back.
   */
  renew(): Promise<void>;
  /**
   * Keeps every node from working on the projection until it is rebuilt, or an operator lets it go on: `acquire` answers
   * undefined meanwhile. The position is where it stands. Raises `LeaseLostError`: it is another node's to say then.
   */
  stop(position: Position, reason: string): Promise<void>;
  /** Lets another node take over at once. */
  release(): Promise<void>;
  /** Says whether the same may succeed later without any change. */
  isTransient(error: unknown): boolean;
}

/** A store whose parked events can be applied after all. */
export interface RedrivableStore extends ProjectionStore {
  /** Takes the lease from whoever holds it. */
  seize(): Promise<void>;
  /** Applies an event that is parked, and parks it no longer, in one transaction. Raises `LeaseLostError`. */
  applyParked(event: RecordedEvent): Promise<void>;
  /** Writes down why an event is parked still. Raises `LeaseLostError`: it is another node's to say then. */
  keepParked(position: Position, reason: string): Promise<void>;
}

/** What a projection is given does not follow on what it has: to go on would write wrong rows. */
export class BrokenSequenceError extends Error {
  override readonly name = 'BrokenSequenceError';
}

/** The tables to fill are gone: another node has switched to them, or has dropped them. */
export class GenerationGoneError extends Error {
  override readonly name = 'GenerationGoneError';
}

/** Another node has taken the projection over. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}
