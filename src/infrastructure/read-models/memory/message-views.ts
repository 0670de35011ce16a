import { historyPages, type HistoryReader } from '../../../application/messages/history-pages.js';
import { openReceiptCursor, receiptCursor } from '../../../application/messages/receipt-cursor.js';
import { textBytesOf } from '../../../application/messages/text-bytes.js';
import type { MessageViews, OwnReaction, ReceiptPage } from '../../../application/ports/message-views.js';
import {
  isChanged,
  memberKey,
  type MessageRow,
  type MessagesTables,
} from '../../../application/projections/messages-tables.js';
import type { ConversationId, Instant, MessageId, UserId } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import { byPosition } from './conversation-reader.js';
import { shownMessage } from './shown-message.js';

const bySeq = (one: MessageRow, other: MessageRow): number => one.seq - other.seq;

const firstOf = (times: readonly (Instant | null)[]): Instant | null =>
  times.filter((time) => time !== null).sort()[0] ?? null;

/** Answers when a member's reading first reached a message, by a read or by an answer of their own. */
const readAt = (
  { reads, messages }: MessagesTables,
  { conversationId, seq }: MessageRow,
  userId: UserId,
): Instant | null => {
  const said = [...reads.values()].filter(
    (read) =>
      read.conversationId === conversationId && read.userId === userId && read.seq >= seq && read.visibleTo === null,
  );
  const [answer] = [...messages.values()]
    .filter((own) => own.conversationId === conversationId && own.senderId === userId && own.seq > seq)
    .sort(bySeq);
  return firstOf([...said.map((read) => read.readAt), answer?.sentAt ?? null]);
};

/** Answers the messages of a conversation, the oldest first. */
const historyOf = ({ messages }: MessagesTables, conversationId: ConversationId): readonly MessageRow[] =>
  [...messages.values()].filter((each) => each.conversationId === conversationId).sort(bySeq);

const historyReader = (tables: () => MessagesTables): HistoryReader => ({
  before: async (conversationId, seq, limit) =>
    historyOf(tables(), conversationId)
      .filter((each) => each.seq < seq)
      .reverse()
      .slice(0, limit)
      .map((row) => shownMessage(tables(), row)),
  after: async (conversationId, seq, limit) =>
    historyOf(tables(), conversationId)
      .filter((each) => each.seq > seq)
      .slice(0, limit)
      .map((row) => shownMessage(tables(), row)),
  seqAt: async (conversationId, time) => {
    const conversation = tables().conversations.get(conversationId);
    const first = historyOf(tables(), conversationId).find(({ sentAt }) => sentAt >= time);
    return first?.seq ?? (conversation && conversation.lastSeq + 1);
  },
});

/** Answers when what came to a member first reached a message. What was read had come by then at the latest. */
const deliveredAt = (tables: MessagesTables, message: MessageRow, userId: UserId): Instant | null => {
  const came = [...tables.deliveries.values()].filter(
    (each) => each.conversationId === message.conversationId && each.userId === userId && each.seq >= message.seq,
  );
  return firstOf([...came.map((each) => each.deliveredAt), readAt(tables, message, userId)]);
};

const receiptsOf = (
  tables: MessagesTables,
  messageId: MessageId,
  { after, limit }: Parameters<MessageViews['receipts']>[1],
): ReceiptPage => {
  const last = openReceiptCursor(after) ?? '';
  const message = tables.messages.get(messageId);
  const asked = [...tables.members.values()]
    .filter(
      ({ conversationId, active, userId }) =>
        message?.conversationId === conversationId && active && userId !== message.senderId && userId > last,
    )
    .map(({ userId }) => userId)
    .sort();
  const receipts = message
    ? asked
        .slice(0, limit)
        .map((userId) => ({
          userId,
          deliveredAt: deliveredAt(tables, message, userId),
          readAt: readAt(tables, message, userId),
        }))
    : [];
  const end = receipts.at(-1);
  return { receipts, nextCursor: asked.length > limit && end ? receiptCursor(end.userId) : null };
};

type Place = Pick<MessageRow, 'conversationId' | 'seq'>;

/** Compares messages by conversation, then by ordinal. */
const comparePlaces = (one: Place, other: Place): number => {
  if (one.conversationId === other.conversationId) return one.seq - other.seq;
  return one.conversationId < other.conversationId ? -1 : 1;
};

/** Stops after the one with which the text comes to more than so many bytes. */
const upToText = (rows: readonly MessageRow[], maxTextBytes: number): readonly MessageRow[] => {
  let bytes = 0;
  return rows.filter((row) => {
    const isShown = bytes <= maxTextBytes;
    bytes += textBytesOf(row);
    return isShown;
  });
};

/** The messages of the conversations that somebody is in. */
const messagesFor = ({ members, messages }: MessagesTables, viewer: UserId): readonly MessageRow[] =>
  [...messages.values()].filter(
    ({ conversationId }) => members.get(memberKey(conversationId, viewer))?.active ?? false,
  );

const changesIn =
  (tables: () => MessagesTables): MessageViews['changes'] =>
  async (conversationId, { since, after, afterSeq = Infinity }, limit) =>
    historyOf(tables(), conversationId)
      .filter((row) => isChanged(row) && hasReached(since, row.sentPosition))
      .filter(({ position, seq }) => (position === after ? seq > afterSeq : hasReached(position, after)))
      .sort(byPosition)
      .slice(0, limit)
      .map((row) => shownMessage(tables(), row));

type OwnReactionKey = Pick<OwnReaction, 'messageId' | 'emoji'>;

/** Compares reactions of one user by message, then by the bytes of the emoji. */
const compareReactions = (one: OwnReactionKey, other: OwnReactionKey): number => {
  if (one.messageId === other.messageId) return Buffer.compare(Buffer.from(one.emoji), Buffer.from(other.emoji));
  return one.messageId < other.messageId ? -1 : 1;
};

/** Messages in memory. */
export const messageViewsInMemory = (tables: () => MessagesTables): MessageViews => ({
  history: historyPages(historyReader(tables)),
  changes: changesIn(tables),
  find: async (messageId) => {
    const row = tables().messages.get(messageId);
    return row && shownMessage(tables(), row);
  },
  findSome: async (messageIds) =>
    messageIds.flatMap((messageId) => tables().messages.get(messageId) ?? []).map((row) => shownMessage(tables(), row)),
  isAttachedFor: async (viewer, mediaId) =>
    messagesFor(tables(), viewer).some((row) => row.attachments?.some((each) => each.mediaId === mediaId) ?? false),
  isAttached: async (mediaId) =>
    [...tables().messages.values()].some((row) => row.attachments?.some((each) => each.mediaId === mediaId) ?? false),
  receipts: async (messageId, page) => receiptsOf(tables(), messageId, page),
  sentBy: async (sender, after, limit) =>
    [...tables().messages.values()]
      .filter((each) => each.senderId === sender && (after === null || comparePlaces(each, after) > 0))
      .sort(comparePlaces)
      .slice(0, limit)
      .map((row) => shownMessage(tables(), row)),
  reactedBy: async (userId, after, limit) =>
    [...tables().reactions.values()]
      .filter((row) => row.userId === userId && row.active && (after === null || compareReactions(row, after) > 0))
      .sort(compareReactions)
      .slice(0, limit)
      .map(({ messageId, conversationId, emoji, changedAt }) => ({
        messageId,
        conversationId,
        emoji,
        reactedAt: changedAt,
      })),
  sentSince: async (viewer, after, { limit, maxTextBytes }, make) => {
    const sent = messagesFor(tables(), viewer)
      .filter(({ sentPosition }) => !hasReached(after, sentPosition))
      .sort((one, other) => comparePositions(one.sentPosition, other.sentPosition))
      .slice(0, limit);
    return upToText(sent, maxTextBytes).map((row) =>
      make({ sentPosition: row.sentPosition, message: shownMessage(tables(), row) }),
    );
  },
  changedSince: async (viewer, after, { limit, maxTextBytes }, make) => {
    const changed = messagesFor(tables(), viewer)
      .filter((row) => isChanged(row) && hasReached(after, row.sentPosition) && !hasReached(after, row.position))
      .sort((one, other) => byPosition(one, other) || comparePlaces(one, other))
      .slice(0, limit);
    return upToText(changed, maxTextBytes).flatMap((row) =>
      row.change === null ? [] : [make({ change: row.change, message: shownMessage(tables(), row) })],
    );
  },
});
