import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { hasReached } from '../../../domain/kernel/position.js';
import type { KeyedDocument, Write } from '../../mongodb/documents.js';

/** Fields of rows that are positions. They are stored as numbers of 64 bits, which have their order. */
const POSITIONS = new Set([
  'position',
  'joinedPosition',
  'lastMessagePosition',
  'activityPosition',
  'sentPosition',
  'lastPosition',
]);

export const stored = (position: Position): bigint => BigInt(position);

const toField = (name: string, value: unknown): unknown => (POSITIONS.has(name) ? BigInt(value as string) : value);

/** Answers the fields of a row as they are stored. */
const fieldsOf = (row: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toField(name, value)]));

/** Answers the row of a document. */
export const rowOf = <Row>({ _id, ...fields }: KeyedDocument): Row =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  ) as Row;

const without = (fields: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** A row that never changes. */
export const writeOnce = (_id: string, row: object): Write => ({ insert: { _id, ...fieldsOf(row) }, changes: [] });

/** Where a batch begins: its checkpoint, or nowhere, where a parked event is applied again that stands before it. */
export type BatchStart = Position | undefined;

export const batchStart = (events: readonly RecordedEvent[], checkpoint: Position): BatchStart =>
  events.some(({ position }) => hasReached(checkpoint, position)) ? undefined : checkpoint;

/** A row that a batch has changed, or a new one. */
export interface ChangedRow {
  readonly key: string;
  readonly row: { readonly position: Position };
  readonly isNew: boolean;
  readonly from: BatchStart;
}

/**
 * Answers for which positions of a stored row it is changed; undefined where nothing of it has changed but what grows. A
 * parked event changes rows that may have been changed behind it, and that have kept their position.
 */
const guardOf = (position: Position, from: BatchStart) => {
  if (from === undefined) return { $lte: stored(position) };
  // No event of the batch has set anything else of a row whose position is not behind the checkpoint.
  return hasReached(from, position) ? undefined : { $lt: stored(position) };
};

/**
 * A row that is changed where it was last changed before the position that it names. Some fields only grow, whatever its
 * position.
 */
export const writeGuarded = ({ key: _id, row, isNew, from }: ChangedRow, growing: readonly string[] = []): Write => {
  const fields = fieldsOf(row);
  const position = guardOf(row.position, from);
  const grown = Object.fromEntries(growing.map((name) => [name, fields[name]]));
  return {
    ...(isNew && { insert: { _id, ...fields } }),
    changes: [
      ...(position ? [{ filter: { _id, position }, update: { $set: without(fields, growing) } }] : []),
      ...(growing.length > 0 ? [{ filter: { _id }, update: { $max: grown } }] : []),
    ],
  };
};
