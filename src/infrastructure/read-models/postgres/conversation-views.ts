import type pg from 'pg';
import type {
  ChangedConversation,
  ConversationChange,
  ConversationView,
  ConversationViews,
  PreferencesChange,
  ReadMark,
  Watermark,
} from '../../../application/ports/conversation-views.js';
import { inboxCursor, openInboxCursor } from '../../../application/conversations/inbox-cursor.js';
import type { ConversationId, Instant, Position, UserId } from '../../../domain/kernel/ids.js';
import type { PreferencesRow } from '../../../application/projections/messages-tables.js';
import { DEFAULT_PREFERENCES } from '../../../domain/preferences/preferences.js';
import * as sql from './conversation-views.sql.js';
import { messageOf, type MessageRow } from './message-rows.js';

interface SharedRow {
  readonly conversation_id: ConversationId;
  readonly kind: ConversationView['kind'];
  readonly title: string | null;
  readonly created_at: Instant;
  readonly member_count: number;
  readonly position: Position;
  /** It is null when the last member has left. */
  readonly members: ConversationView['members'] | null;
  readonly last_message: (Omit<MessageRow, 'seq' | 'position'> & { seq: number; position: number }) | null;
}

interface ConversationRow extends SharedRow {
  readonly last_activity_at: Instant;
  readonly activity_position: Position;
  readonly unread: string;
  readonly mentions: string;
  readonly last_read_message_id: ConversationView['lastReadMessageId'];
  readonly preferences: ConversationView['preferences'] | null;
}

interface ChangedRow extends SharedRow {
  readonly index: number;
  readonly shifted: boolean;
  readonly preferences: readonly Pick<PreferencesRow, 'userId' | 'preferences'>[] | null;
  readonly removed_since: readonly UserId[];
}

/** A time as JSON of PostgreSQL has it, in our form. */
const instantOf = (time: string): Instant => new Date(time).toISOString() as Instant;

const lastMessageOf = (row: SharedRow['last_message']): ConversationView['lastMessage'] =>
  row &&
  messageOf({
    ...row,
    seq: String(row.seq),
    position: String(row.position) as Position,
    sent_at: instantOf(row.sent_at),
    edited_at: row.edited_at && instantOf(row.edited_at),
    deleted_at: row.deleted_at && instantOf(row.deleted_at),
  });

const sharedOf = (row: SharedRow) => ({
  conversationId: row.conversation_id,
  kind: row.kind,
  title: row.title,
  members: row.members ?? [],
  memberCount: row.member_count,
  createdAt: row.created_at,
});

const conversationOf = (row: ConversationRow): ConversationView => ({
  ...sharedOf(row),
  lastMessage: lastMessageOf(row.last_message),
  lastActivityAt: row.last_activity_at,
  unreadCount: Number(row.unread),
  mentionCount: Number(row.mentions),
  lastReadMessageId: row.last_read_message_id,
  preferences: row.preferences ?? DEFAULT_PREFERENCES,
  position: row.position,
});

const changedOf = (row: ChangedRow): ChangedConversation => ({
  ...sharedOf(row),
  position: row.position,
  areMembersShifted: row.shifted,
  preferences: new Map((row.preferences ?? []).map(({ userId, preferences }) => [userId, preferences])),
  removedSince: new Set(row.removed_since),
  lastBeforeJoining: lastMessageOf(row.last_message),
});

const NEWEST = '9223372036854775807';

/** Conversations in PostgreSQL. */
export const createConversationViews = (pool: pg.Pool): ConversationViews => {
  const select = async <Row extends pg.QueryResultRow>(
    query: { name: string; text: string },
    ...values: unknown[]
  ): Promise<Row[]> => (await pool.query<Row>({ ...query, values })).rows;

  return {
    find: async (conversationId, viewer) => {
      const [row] = await select<ConversationRow>(sql.FIND, viewer, conversationId);
      return row && conversationOf(row);
    },
    isMember: async (conversationId, viewer) => (await select(sql.IS_MEMBER, conversationId, viewer)).length > 0,
    findSome: async (viewer, conversationIds) =>
      (await select<ConversationRow>(sql.FIND_SOME, viewer, conversationIds)).map(conversationOf),
    findChanged: async (changes) => {
      const input = changes.map(({ conversationId, position, joined, removed }, index) => ({
        index,
        conversation_id: conversationId,
        position,
        joined,
        removed: removed.map(({ userId, position }) => ({ user_id: userId, position })),
      }));
      const rows = await select<ChangedRow>(sql.FIND_CHANGED, JSON.stringify(input));
      const byIndex = new Map(rows.map((row) => [row.index, changedOf(row)]));
      return changes.map((_, index) => byIndex.get(index));
    },
    inbox: async (viewer, { before, limit }) => {
      const rows = await select<ConversationRow>(sql.INBOX, viewer, openInboxCursor(before) ?? NEWEST, limit + 1);
      const last = rows[limit - 1];
      return {
        conversations: rows.slice(0, limit).map(conversationOf),
        nextCursor: rows.length > limit && last ? inboxCursor(last.activity_position) : null,
      };
    },
    membershipsOf: (userIds) => select(sql.MEMBERSHIPS, userIds),
    changesSince: (viewer, after, limit) =>
      select<ConversationChange & pg.QueryResultRow>(sql.CHANGES_SINCE, viewer, after, limit),
    preferencesSince: (viewer, after, limit) =>
      select<PreferencesChange & pg.QueryResultRow>(sql.PREFERENCES_SINCE, viewer, after, limit),
    readsSince: (viewer, after, limit) => select<ReadMark & pg.QueryResultRow>(sql.READS_SINCE, viewer, after, limit),
    receiptsSince: (viewer, after, limit) =>
      select<Watermark & pg.QueryResultRow>(sql.RECEIPTS_SINCE, viewer, after, limit),
    unseenSince: (viewer, after) => select(sql.UNSEEN_SINCE, viewer, after),
    changedByErasure: ({ userId, since, position }) => select(sql.CHANGED_BY_ERASURE, userId, since, position),
    leftSince: async (viewer, after) =>
      (await select<Pick<ConversationRow, 'conversation_id'>>(sql.LEFT_SINCE, viewer, after)).map(
        ({ conversation_id }) => conversation_id,
      ),
  };
};
