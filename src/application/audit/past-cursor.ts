import type { ConversationId, Position } from '../../domain/kernel/ids.js';
import { InvalidCursorError } from '../ports/message-views.js';

/** The form of the cursors of messages as of a moment. */
export const PAST_CURSOR = /^p([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,18})$/;

/**
 * Answers the cursor of a page that goes on before a message. It says nothing of the moment: that is in the call, which another
 * auditor may have approved.
 */
export const pastCursor = (conversationId: ConversationId, position: Position): string =>
  `p${conversationId}.${position}`;

/** Answers the position that a cursor stands for, of which the page is what comes before. Raises `InvalidCursorError`. */
export const openPastCursor = (cursor: string, conversationId: ConversationId): Position => {
  const [, of, position] = PAST_CURSOR.exec(cursor) ?? [];
  if (of !== conversationId) throw new InvalidCursorError('this cursor is of another conversation');
  return position as Position;
};
