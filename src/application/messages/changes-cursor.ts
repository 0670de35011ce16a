import type { Position } from '../../domain/kernel/ids.js';
import { InvalidCursorError } from '../ports/message-views.js';

/** The place of a message in a list of changed ones: its last change, then its ordinal. */
export interface ChangesPosition {
  readonly after: Position;
  readonly afterSeq?: number | undefined;
}

/** The cursor of a list of changed messages: it goes on behind the one that stands here. */
export const changesCursor = (position: Position, seq: number): string => `h${position}.${seq}`;

/** The form of these cursors, in which clients see nothing but an opaque text. Those of earlier versions have no ordinal. */
export const CHANGES_CURSOR = /^h(\d{1,18})(?:\.(\d{1,15}))?$/;

/** Answers the place that a cursor stands for; undefined for the beginning. Raises `InvalidCursorError`. */
export const openChangesCursor = (cursor: string | undefined): ChangesPosition | undefined => {
  if (cursor === undefined) return undefined;
  const match = CHANGES_CURSOR.exec(cursor);
  if (match?.[1] === undefined) throw new InvalidCursorError('this cursor is none of changed messages');
  return { after: match[1] as Position, afterSeq: match[2] === undefined ? undefined : Number(match[2]) };
};
