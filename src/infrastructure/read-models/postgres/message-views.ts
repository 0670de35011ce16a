import type pg from 'pg';
import { openReceiptCursor, receiptCursor } from '../../../application/messages/receipt-cursor.js';
import { historyPages } from '../../../application/messages/history-pages.js';
import type {
  ChangedMessage,
  MessageView,
  MessageViews,
  OwnReaction,
  Receipt,
} from '../../../application/ports/message-views.js';
import type { ConversationId, Instant, Position } from '../../../domain/kernel/ids.js';
import { eachRow } from '../../postgres/each-row.js';
import { messageOf, type MessageRow } from './message-rows.js';
import * as sql from './message-views.sql.js';

/** An id that comes before that of every conversation, and of every message. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/** An ordinal behind that of every message. */
const NO_SEQ = Number.MAX_SAFE_INTEGER;

interface ReceiptRow {
  readonly user_id: Receipt['userId'];
  readonly delivered_at: Instant | null;
  readonly read_at: Instant | null;
}

const receiptsIn =
  (pool: pg.Pool): MessageViews['receipts'] =>
  async (messageId, { after, limit }) => {
    const values = [messageId, openReceiptCursor(after) ?? NIL_UUID, limit + 1];
    const { rows } = await pool.query<ReceiptRow>({ ...sql.RECEIPTS, values });
    const last = rows[limit - 1];
    return {
      receipts: rows
        .slice(0, limit)
        .map(({ user_id, delivered_at, read_at }) => ({ userId: user_id, deliveredAt: delivered_at, readAt: read_at })),
      nextCursor: rows.length > limit && last ? receiptCursor(last.user_id) : null,
    };
  };

const sentSinceIn =
  (pool: pg.Pool): MessageViews['sentSince'] =>
  (viewer, after, { limit, maxTextBytes }, make) =>
    eachRow(
      pool,
      { ...sql.SENT_SINCE, values: [viewer, after, limit, maxTextBytes] },
      (row: MessageRow & { readonly sent_position: Position }) =>
        make({ sentPosition: row.sent_position, message: messageOf(row) }),
    );

const changedSinceIn =
  (pool: pg.Pool): MessageViews['changedSince'] =>
  (viewer, after, { limit, maxTextBytes }, make) =>
    eachRow(
      pool,
      { ...sql.CHANGED_SINCE, values: [viewer, after, limit, maxTextBytes] },
      (row: MessageRow & Pick<ChangedMessage, 'change'>) => make({ change: row.change, message: messageOf(row) }),
    );

/** Messages in PostgreSQL. */
export const createMessageViews = (pool: pg.Pool): MessageViews => {
  const select = async (query: { name: string; text: string }, ...values: unknown[]): Promise<MessageView[]> =>
    (await pool.query<MessageRow>({ ...query, values })).rows.map(messageOf);

  const seqAt = async (conversationId: ConversationId, time: Instant): Promise<number | undefined> => {
    const { rows } = await pool.query<{ seq: string }>({ ...sql.SEQ_AT, values: [conversationId, time] });
    return rows[0] && Number(rows[0].seq);
  };

  return {
    history: historyPages({
      before: (conversationId, seq, limit) => select(sql.BEFORE, conversationId, seq, limit),
      after: (conversationId, seq, limit) => select(sql.AFTER, conversationId, seq, limit),
      seqAt,
    }),
    changes: (conversationId, { since, after, afterSeq = NO_SEQ }, limit) =>
      select(sql.CHANGES, conversationId, after, since, limit, afterSeq),
    find: async (messageId) => (await select(sql.FIND, messageId))[0],
    findSome: (messageIds) => select(sql.FIND_SOME, messageIds),
    isAttachedFor: async (viewer, mediaId) => {
      const values = [viewer, mediaId];
      const { rows } = await pool.query<{ is_attached: boolean }>({ ...sql.IS_ATTACHED_FOR, values });
      return rows[0]?.is_attached ?? false;
    },
    isAttached: async (mediaId) =>
      (await pool.query<{ is_attached: boolean }>({ ...sql.IS_ATTACHED, values: [mediaId] })).rows[0]?.is_attached ??
      false,
    receipts: receiptsIn(pool),
    sentBy: (sender, after, limit) =>
      select(sql.SENT_BY, sender, after?.conversationId ?? NIL_UUID, after?.seq ?? 0, limit),
    reactedBy: async (userId, after, limit) => {
      const values = [userId, after?.messageId ?? NIL_UUID, after?.emoji ?? '', limit];
      return (await pool.query<OwnReaction & pg.QueryResultRow>({ ...sql.REACTED_BY, values })).rows;
    },
    sentSince: sentSinceIn(pool),
    changedSince: changedSinceIn(pool),
  };
};
