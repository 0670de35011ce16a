import type { Position } from '../../domain/kernel/ids.js';
import { InvalidCursorError } from '../ports/message-views.js';

/** The cursor of an inbox: the list goes on behind the conversation whose newest activity stands here. */
export const inboxCursor = (activityPosition: Position): string => `c${activityPosition}`;

/** The form of these cursors, in which clients see nothing but an opaque text. */
export const INBOX_CURSOR = /^c(\d{1,18})$/;

/** Answers the position that a cursor stands for; undefined for the beginning. Raises `InvalidCursorError`. */
export const openInboxCursor = (cursor: string | undefined): Position | undefined => {
  if (cursor === undefined) return undefined;
  const match = INBOX_CURSOR.exec(cursor);
  if (match?.[1] === undefined) throw new InvalidCursorError('this cursor is none of an inbox');
  return match[1] as Position;
};
