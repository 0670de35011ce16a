import type { ParkedRow } from '../../../application/ports/projection-operations.js';
import type { ParkedEvent } from '../../../application/ports/projection-store.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions } from '../../../domain/kernel/position.js';
import type { Db } from 'mongodb';

/** An event that a projection could not apply, under its position. */
export interface ParkedRecord {
  readonly streamId: ParkedRow['streamId'];
  readonly eventId: ParkedRow['eventId'];
  readonly type: string;
  readonly reason: string;
  readonly parkedAt: string;
}

/**
 * The document of one generation: its checkpoint, its lease and what it has parked. So all of them change together, as one
 * document does.
 */
export interface GenerationRecord {
  /** The name of the projection, or of what is filled beside it. */
  readonly _id: string;
  readonly version: number;
  /** The beginning of the names of its collections. */
  readonly prefix: string;
  /** Whether its collections have been made. */
  readonly ready: boolean;
  readonly position: bigint;
  /** The last one that was taken: whoever has an earlier one is refused. */
  readonly epoch: number;
  /** What holds the lease; null where nobody does. */
  readonly holder: string | null;
  /** It is another one each time the holder writes: a lease whose beat stays the same for long has ended. */
  readonly beat: number;
  readonly beatAt: Date;
  /** Who keeps everybody from applying anything for a moment, and their beat. */
  readonly hold: { readonly by: string; readonly beat: number } | null;
  readonly stopped: { readonly position: bigint; readonly reason: string } | null;
  /** By position. */
  readonly parked: Readonly<Record<string, ParkedRecord>>;
  /** The collections that it has taken the place of, as long as they are there. */
  readonly replaced: string | null;
}

export const positionOf = (stored: bigint): Position => String(stored) as Position;

export const storedPosition = (position: Position): bigint => BigInt(position);

export const generationsOf = (db: Db) => db.collection<GenerationRecord>('projections');

/** An empty generation, whose collections are yet to be made. */
export const emptyGeneration = (name: string, version: number, prefix: string): GenerationRecord => ({
  ...{ _id: name, version, prefix, ready: false, position: 0n, epoch: 0, holder: null, beat: 0, beatAt: new Date() },
  ...{ hold: null, stopped: null, parked: {}, replaced: null },
});

/** Lists what a generation has parked, in the order of the log. */
export const parkedRows = ({ _id, parked }: Pick<GenerationRecord, '_id' | 'parked'>): ParkedRow[] =>
  Object.entries(parked)
    .map(([position, row]) => ({ projection: _id, position: position as Position, ...row }))
    .sort((one, other) => comparePositions(one.position, other.position));

/** Answers what parks these events, as far as they are not parked yet. */
export const parking = (
  events: readonly ParkedEvent[],
  parked: GenerationRecord['parked'],
  parkedAt: string,
): Readonly<Record<string, ParkedRecord>> =>
  Object.fromEntries(
    events
      .filter(({ event }) => !(event.position in parked))
      .map(({ event: { position, streamId, eventId, type }, reason }) => [
        `parked.${position}`,
        { streamId, eventId, type, reason, parkedAt },
      ]),
  );
