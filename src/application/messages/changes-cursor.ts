import type { Position } from '../../domain/kernel/ids.js';
import { InvalidCursorError } from '../ports/message-views.js';

/** The cursor of a list of changed messages: it goes on behind the one whose last change stands here. */
export const changesCursor = (position: Position): string => `h${position}`;

/** The form of these cursors, in which clients see nothing but an opaque text. */
export const CHANGES_CURSOR = /^h(\d{1,18})$/;

/** Answers the position that a cursor stands for; undefined for the beginning. Raises `InvalidCursorError`. */
export const openChangesCursor = (cursor: string | undefined): Position | undefined => {
  if (cursor === undefined) return undefined;
  const match = CHANGES_CURSOR.exec(cursor);
  if (match?.[1] === undefined) throw new InvalidCursorError('this cursor is none of changed messages');
  return match[1] as Position;
};
