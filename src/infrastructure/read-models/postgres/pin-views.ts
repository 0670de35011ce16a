import type pg from 'pg';
import type { PinChange, PinViews } from '../../../application/ports/pin-views.js';
import { MESSAGE_COLUMNS, messageOf, type MessageRow } from './message-rows.js';

const LIST = {
  name: 'pins.list',
  text: `
    select ${MESSAGE_COLUMNS}, pin.user_id as pinned_by, pin.at as pinned_at
      from messages.pins pin join messages.messages m using (message_id)
     where pin.conversation_id = $1 and pin.is_pinned
     order by pin.position desc`,
};

const CHANGE = `pin.position, pin.conversation_id as "conversationId", pin.message_id as "messageId",
           pin.is_pinned as "isPinned", pin.user_id as "userId", pin.at`;

const CHANGED_SINCE = {
  name: 'pins.changed_since',
  text: `
    select ${CHANGE}
      from messages.members viewer
      join messages.pins pin on pin.conversation_id = viewer.conversation_id and pin.position > $2
     where viewer.user_id = $1 and viewer.active
     order by pin.position limit $3`,
};

const PINNED_BY = {
  name: 'pins.pinned_by',
  text: `select ${CHANGE} from messages.pins pin where pin.user_id = $1 and pin.is_pinned order by pin.position`,
};

interface PinnedRow extends MessageRow {
  readonly pinned_by: PinChange['userId'];
  readonly pinned_at: PinChange['at'];
}

/** Pinned messages in PostgreSQL. */
export const createPinViews = (pool: pg.Pool): PinViews => ({
  list: async (conversationId) => {
    const { rows } = await pool.query<PinnedRow>({ ...LIST, values: [conversationId] });
    return rows.map((row) => ({ message: messageOf(row), pinnedBy: row.pinned_by, pinnedAt: row.pinned_at }));
  },
  changedSince: async (viewer, after, limit) =>
    (await pool.query<PinChange & pg.QueryResultRow>({ ...CHANGED_SINCE, values: [viewer, after, limit] })).rows,
  pinnedBy: async (userId) =>
    (await pool.query<PinChange & pg.QueryResultRow>({ ...PINNED_BY, values: [userId] })).rows,
});
