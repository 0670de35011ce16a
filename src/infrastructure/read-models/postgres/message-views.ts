import type pg from 'pg';
import { messageCursor, openMessageCursor } from '../../../application/messages/message-cursor.js';
import {
  InvalidCursorError,
  type HistoryPage,
  type HistoryPlace,
  type MessageView,
  type MessageViews,
  type Receipt,
} from '../../../application/ports/message-views.js';
import type { ConversationId, Instant, Position } from '../../../domain/kernel/ids.js';
import { messageOf, type MessageRow } from './message-rows.js';
import * as sql from './message-views.sql.js';

/** Before every conversation. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';
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

const receiptsIn =
  (pool: pg.Pool): MessageViews['receipts'] =>
  async (messageId) => {
    const { rows } = await pool.query<{ user_id: Receipt['userId']; read_at: Instant | null }>({
      ...sql.RECEIPTS,
      values: [messageId],
    });
    // What was read had been delivered, at the latest then.
    return rows.map(({ user_id, read_at }) => ({ userId: user_id, deliveredAt: read_at, readAt: read_at }));
  };

const sentSinceIn =
  (pool: pg.Pool): MessageViews['sentSince'] =>
  async (viewer, after, limit, maxTextBytes) => {
    const { rows } = await pool.query<MessageRow & { readonly sent_position: Position }>({
      ...sql.SENT_SINCE,
      values: [viewer, after, limit, maxTextBytes],
    });
    return rows.map((row) => ({ sentPosition: row.sent_position, message: messageOf(row) }));
  };

/** Messages in PostgreSQL. */
export const createMessageViews = (pool: pg.Pool): MessageViews => {
  const select = async (query: { name: string; text: string }, ...values: unknown[]): Promise<MessageView[]> =>
    (await pool.query<MessageRow>({ ...query, values })).rows.map(messageOf);

  const before = async (conversationId: ConversationId, seq: number, limit: number): Promise<HistoryPage> => {
    const older = await select(sql.BEFORE, conversationId, seq, limit);
    const newest = older[0];
    const isEnd = seq === LAST || newest === undefined;
    return { ...pageOf(older, [], { older: limit, newer: 0 }), nextCursor: isEnd ? null : messageCursor(newest.seq) };
  };

  const after = async (conversationId: ConversationId, seq: number, limit: number): Promise<HistoryPage> =>
    pageOf([], await select(sql.AFTER, conversationId, seq, limit + 1), { older: 0, newer: limit });

  const around = async (conversationId: ConversationId, seq: number, limit: number): Promise<HistoryPage> => {
    const want = { older: Math.floor(limit / 2), newer: Math.ceil(limit / 2) };
    const [older, newer] = await Promise.all([
      select(sql.BEFORE, conversationId, seq, want.older),
      select(sql.AFTER, conversationId, seq - 1, want.newer + 1),
    ]);
    return pageOf(older, newer, want);
  };

  const seqAt = async (conversationId: ConversationId, time: Instant): Promise<number> => {
    const { rows } = await pool.query<{ seq: string }>({ ...sql.SEQ_AT, values: [conversationId, time] });
    return Number(rows[0]?.seq ?? FIRST);
  };

  const history = async (conversationId: ConversationId, place: HistoryPlace, limit: number): Promise<HistoryPage> => {
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
        return around(conversationId, await seqAt(conversationId, place.time), limit);
    }
  };

  return {
    history,
    find: async (messageId) => (await select(sql.FIND, messageId))[0],
    receipts: receiptsIn(pool),
    sentBy: (sender, after, limit) =>
      select(sql.SENT_BY, sender, after?.conversationId ?? NIL_UUID, after?.seq ?? 0, limit),
    sentSince: sentSinceIn(pool),
  };
};
