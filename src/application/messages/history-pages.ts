import type { ConversationId, Instant } from '../../domain/kernel/ids.js';
import {
  InvalidCursorError,
  type HistoryPage,
  type HistoryPlace,
  type MessageView,
  type MessageViews,
} from '../ports/message-views.js';
import { messageCursor, openMessageCursor } from './message-cursor.js';

/** Reads a part of a history, for one page of it. */
export interface HistoryReader {
  /** Messages below an ordinal, the newest of them first. */
  before(conversationId: ConversationId, seq: number, limit: number): Promise<readonly MessageView[]>;
  /** Messages above an ordinal, the oldest of them first. */
  after(conversationId: ConversationId, seq: number, limit: number): Promise<readonly MessageView[]>;
  /** The ordinal of the first message sent at or after a time, or the one behind the last; undefined where there is no conversation. */
  seqAt(conversationId: ConversationId, time: Instant): Promise<number | undefined>;
}

const FIRST = 0;
const LAST = Number.MAX_SAFE_INTEGER;

const seqOf = (cursor: string): number => {
  const seq = openMessageCursor(cursor);
  if (seq === undefined) throw new InvalidCursorError('this cursor is none of a message');
  return seq;
};

/** A page, oldest first, out of at most one message more than it shows at either end. */
const pageOf = (
  older: readonly MessageView[],
  newer: readonly MessageView[],
  want: { older: number; newer: number },
): HistoryPage => {
  const messages = [...older.slice(0, want.older).reverse(), ...newer.slice(0, want.newer)];
  const [first] = messages;
  const last = messages.at(-1);
  return {
    messages,
    previousCursor: first && first.seq > 1 ? messageCursor(first.seq) : null,
    nextCursor: last && newer.length > want.newer ? messageCursor(last.seq) : null,
  };
};

/** The pages of a history, from wherever it is read. */
export const historyPages = (reader: HistoryReader): MessageViews['history'] => {
  const before = async (conversationId: ConversationId, seq: number, limit: number): Promise<HistoryPage> => {
    const older = await reader.before(conversationId, seq, limit);
    const newest = older[0];
    const isEnd = seq === LAST || newest === undefined;
    return { ...pageOf(older, [], { older: limit, newer: 0 }), nextCursor: isEnd ? null : messageCursor(newest.seq) };
  };

  const after = async (conversationId: ConversationId, seq: number, limit: number): Promise<HistoryPage> =>
    pageOf([], await reader.after(conversationId, seq, limit + 1), { older: 0, newer: limit });

  const around = async (conversationId: ConversationId, seq: number, limit: number): Promise<HistoryPage> => {
    const want = { older: Math.floor(limit / 2), newer: Math.ceil(limit / 2) };
    const [older, newer] = await Promise.all([
      reader.before(conversationId, seq, want.older),
      reader.after(conversationId, seq - 1, want.newer + 1),
    ]);
    return pageOf(older, newer, want);
  };

  return async (conversationId: ConversationId, place: HistoryPlace, limit: number): Promise<HistoryPage> => {
    switch (place.kind) {
      case 'newest':
        return before(conversationId, LAST, limit);
      case 'before':
        return before(conversationId, seqOf(place.cursor), limit);
      case 'after':
        return after(conversationId, seqOf(place.cursor), limit);
      case 'around':
        return around(conversationId, seqOf(place.cursor), limit);
      case 'at':
        return around(conversationId, (await reader.seqAt(conversationId, place.time)) ?? FIRST, limit);
    }
  };
};
