import type { UserId } from '../../domain/kernel/ids.js';
import type { ReadingEvents } from '../../domain/reading/events.js';

/**
 * Says who may see that a member has read: the reader alone, where they showed nobody what they read, or null for everybody in
 * the conversation. It is kept with the read, so that views only compare it with who asks.
 */
export const receiptVisibleTo = ({ userId, hidden }: ReadingEvents['MessageRead']): UserId | null =>
  hidden ? userId : null;
