import {
  changeKey,
  memberKey,
  type ConversationRow,
  type MemberRow,
  type MessageRow,
} from '../../../application/projections/messages-tables.js';
import type { Change, Write, Writes } from '../../mongodb/documents.js';
import type { KnownRows } from '../known-rows.js';
import type { KnownTables } from '../known-tables.js';
import { writeGuarded, writeOnce, type BatchStart } from './row-documents.js';
import type { Position } from '../../../domain/kernel/ids.js';

type RowIn<Table extends keyof KnownTables> = KnownTables[Table] extends KnownRows<infer Row> ? Row : never;

const placeKey = ({ conversationId, userId, seq }: Pick<RowIn<'reads'>, 'conversationId' | 'userId' | 'seq'>): string =>
  `${memberKey(conversationId, userId)} ${seq}`;

const reactionKey = ({
  messageId,
  userId,
  emoji,
}: Pick<RowIn<'reactions'>, 'messageId' | 'userId' | 'emoji'>): string => `${messageId} ${userId} ${emoji}`;

/** Writes the changed rows of a table, each guarded by the position of its last change. */
const guardedFrom =
  (from: BatchStart) =>
  <Row extends { readonly position: Position }>(
    rows: KnownRows<Row>,
    keyOf: (row: Row) => string,
    growing: readonly string[] = [],
  ): Write[] => {
    const added = new Set(rows.added);
    return rows.changed.map((row) => writeGuarded({ key: keyOf(row), row, isNew: added.has(row), from }, growing));
  };

const once = <Row extends object>(rows: KnownRows<Row>, keyOf: (row: Row) => string): Write[] =>
  rows.added.map((row) => writeOnce(keyOf(row), row));

const setTo = (_id: string, fields: object): Write => {
  const change: Change = { filter: { _id }, update: { $set: fields } };
  return { changes: [change] };
};

/**
 * Answers what takes the reactions and the preferences of erased users away. It names no position: they are those of the last
 * event of each. It comes last, because what an erasure changes elsewhere follows from the reactions that there were.
 */
const erasing = ({ erased, reactions, preferences }: KnownTables): Writes => {
  const now = new Set(erased.changed.map(({ userId }) => userId));
  const gone = reactions.changed.filter(({ userId, active }) => now.has(userId) && !active);
  const reset = preferences.changed.filter(({ userId }) => now.has(userId));
  return {
    reactions: gone.map((row) => setTo(reactionKey(row), { active: false })),
    preferences: reset.map((row) => setTo(memberKey(row.conversationId, row.userId), { preferences: row.preferences })),
    erased: once(erased, ({ userId }) => userId),
  };
};

const isEmpty = (writes: Writes): boolean => Object.values(writes).every(({ length }) => length === 0);

/** Answers what stores the changed rows: documents, then the conversations that count them, then what an erasure takes away. */
export const messageWrites = (tables: KnownTables, from: BatchStart): readonly Writes[] => {
  const guarded = guardedFrom(from);
  const { conversations, members, messages, reactions, pins, preferences, reads, deliveries, changes } = tables;
  const documents = {
    members: guarded<MemberRow>(members, (row) => memberKey(row.conversationId, row.userId), ['readSeq']),
    messages: guarded<MessageRow>(messages, ({ messageId }) => messageId),
    reactions: guarded(reactions, reactionKey),
    pins: guarded(pins, ({ conversationId, messageId }) => `${conversationId} ${messageId}`),
    preferences: guarded(preferences, (row) => memberKey(row.conversationId, row.userId)),
    reads: once(reads, placeKey),
    deliveries: once(deliveries, placeKey),
    changes: once(changes, changeKey),
  };
  const heads = { conversations: guarded<ConversationRow>(conversations, ({ conversationId }) => conversationId) };
  return [documents, heads, erasing(tables)].filter((writes) => !isEmpty(writes));
};
