import type { Position } from '../../domain/kernel/ids.js';
import { InvalidCursorError } from '../ports/message-views.js';

/** The form of the cursors of searches. */
export const SEARCH_CURSOR = /^s(\d{1,18})-([0-9a-z]{1,7})$/;

/** A short number of what is searched: a cursor goes on with the same search alone. (FNV-1a, 32 bits) */
const numberOf = (searched: readonly unknown[]): string => {
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify(searched))
    hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  return (hash >>> 0).toString(36);
};

/** Answers the cursor of a search: it goes on with what was sent before this position. */
export const searchCursor = (before: Position, searched: readonly unknown[]): string =>
  `s${before}-${numberOf(searched)}`;

/** Answers the position that a cursor of this search stands for; undefined for the beginning. Raises `InvalidCursorError`. */
export const openSearchCursor = (cursor: string | undefined, searched: readonly unknown[]): Position | undefined => {
  if (cursor === undefined) return undefined;
  const [, position, number] = SEARCH_CURSOR.exec(cursor) ?? [];
  if (position === undefined || number !== numberOf(searched))
    throw new InvalidCursorError('this cursor is none of this search');
  return position as Position;
};
