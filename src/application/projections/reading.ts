import type { ReadingEvents } from '../../domain/reading/events.js';
import type { Projected, Projector } from './projector.js';

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
