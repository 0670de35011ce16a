import type { UserId } from '../../domain/kernel/ids.js';
import { InvalidCursorError } from '../ports/message-views.js';

/** The form of the cursors of a message's receipts. */
export const RECEIPT_CURSOR = /^r([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Answers the cursor of a message's receipts: the list goes on behind this member, whoever joins or leaves meanwhile. */
export const receiptCursor = (userId: UserId): string => `r${userId}`;

/** Answers the member that a cursor stands for; undefined for the beginning. Raises `InvalidCursorError`. */
export const openReceiptCursor = (cursor: string | undefined): UserId | undefined => {
  if (cursor === undefined) return undefined;
  const match = RECEIPT_CURSOR.exec(cursor);
  if (match?.[1] === undefined) throw new InvalidCursorError('this cursor is none of receipts');
  return match[1] as UserId;
};
