import type { ReadingEvents } from '../../domain/reading/events.js';
import { receiptVisibleTo } from '../reading/receipt-visibility.js';
import { memberKey, readUpTo, type MessagesTables } from './messages-tables.js';
import type { Projected, Projector } from './projector.js';
import { putNewRow } from './rows.js';

/** How far members have read, and when they came so far. */
export interface ReadingWriter {
  /** Up to a message, never back. */
  mark(event: Projected<ReadingEvents['MessageRead']>): void;
}

/** Unread counts and receipts. */
export const reading: Projector<ReadingEvents, { readonly reading: ReadingWriter }> = {
  name: 'reading',
  on: { MessageRead: (write, event) => write.reading.mark(event) },
};

/**
 * Carries out what these events mean: a member has read up to a message, and shows when, unless they show nobody what
 * they read. A database may do it in its own language, and has to give the same answers.
 */
export const readingRows = (tables: MessagesTables): ReadingWriter => ({
  mark: ({ data, position }) => {
    const { conversationId, userId, messageId, readAt } = data;
    const message = tables.messages.get(messageId);
    if (!message) return;
    const { seq } = message;
    const row = { conversationId, userId, seq, messageId, readAt, position, visibleTo: receiptVisibleTo(data) };
    putNewRow(tables.reads, `${memberKey(conversationId, userId)} ${seq}`, row);
    readUpTo(tables, conversationId, userId, seq);
  },
});
