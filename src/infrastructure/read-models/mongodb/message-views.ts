import { historyPages, type HistoryReader } from '../../../application/messages/history-pages.js';
import { openReceiptCursor } from '../../../application/messages/receipt-cursor.js';
import type { MessageViews } from '../../../application/ports/message-views.js';
import type { MessageRow } from '../../../application/projections/messages-tables.js';
import type { ConversationId, MessageId, Position, UserId } from '../../../domain/kernel/ids.js';
import { hasReached } from '../../../domain/kernel/position.js';
import type { Reading } from '../../projections/mongodb/used-generation.js';
import { messageViewsInMemory } from '../memory/message-views.js';
import { shownMessage } from '../memory/shown-message.js';
import { answeringFrom, forEachOf, LoadedMessages } from './loaded-messages.js';
import { stored } from './row-documents.js';

/** Answers messages as they are shown, in the order of the rows. */
const shown = async (loaded: LoadedMessages, rows: readonly MessageRow[]) => {
  await loaded.shownBeside(rows);
  return rows.map((row) => shownMessage(loaded.tables, row));
};

/** Reads the histories. A conversation is stored behind its messages: those that it does not count yet are not shown yet. */
const historyReader = (reading: Reading): HistoryReader => {
  const page = (
    conversationId: ConversationId,
    seq: (lastSeq: number) => object,
    { order, limit }: { readonly order: 1 | -1; readonly limit: number },
  ) =>
    reading(async (documents, upTo) => {
      const loaded = new LoadedMessages(documents, upTo);
      const [head] = await loaded.conversations([conversationId]);
      if (!head || limit === 0) return [];
      const filter = { conversationId, seq: seq(head.lastSeq) };
      return shown(loaded, await loaded.read('messages', filter, { sort: { seq: order }, limit }));
    });
  return {
    before: (conversationId, seq, limit) =>
      page(conversationId, (lastSeq) => ({ $lt: Math.min(seq, lastSeq + 1) }), { order: -1, limit }),
    after: (conversationId, seq, limit) =>
      page(conversationId, (lastSeq) => ({ $gt: seq, $lte: lastSeq }), { order: 1, limit }),
    seqAt: (conversationId, time) =>
      reading(async (documents, upTo) => {
        const loaded = new LoadedMessages(documents, upTo);
        const [head] = await loaded.conversations([conversationId]);
        const sent = { conversationId, sentAt: { $gte: time } };
        const [first] = await loaded.read('messages', sent, { sort: { seq: 1 }, limit: 1 });
        return head && Math.min(first?.seq ?? Infinity, head.lastSeq + 1);
      }),
  };
};

/** Reads when what came to members, and what they have read, first reached a message. */
const loadReceipts = async (
  loaded: LoadedMessages,
  messageId: MessageId,
  { after, limit }: Parameters<MessageViews['receipts']>[1],
): Promise<void> => {
  const behind = { $gt: openReceiptCursor(after) ?? '' };
  const [message] = await loaded.messages([messageId]);
  if (!message) return;
  const { conversationId, seq } = message;
  const asked = { conversationId, active: true, userId: behind };
  // The sender, who is not asked, may be one of them.
  const members = await loaded.read('members', asked, { sort: { userId: 1 }, limit: limit + 2 });
  await forEachOf(members, ({ userId }) => {
    const reached = { conversationId, userId, seq: { $gte: seq } };
    const own = { conversationId, senderId: userId, seq: { $gt: seq } };
    return Promise.all([
      loaded.read('reads', { ...reached, visibleTo: null }, { sort: { readAt: 1 }, limit: 1 }),
      loaded.read('deliveries', reached, { sort: { deliveredAt: 1 }, limit: 1 }),
      loaded.read('messages', own, { sort: { seq: 1 }, limit: 1 }),
    ]);
  });
};

/** Reads the conversations of a viewer in which something was changed after a position. */
const loadChangedConversations = async (loaded: LoadedMessages, viewer: UserId, after: Position) => {
  const members = await loaded.memberships([viewer]);
  const heads = await loaded.conversations(members.map(({ conversationId }) => conversationId));
  return heads.filter(({ position }) => !hasReached(after, position)).map(({ conversationId }) => conversationId);
};

/** Loads messages, and what is shown beside them, and answers a query from them. */
type AnsweringWith = <Answer>(
  load: (loaded: LoadedMessages) => Promise<readonly MessageRow[]>,
  show: (views: MessageViews) => Promise<Answer>,
) => Promise<Answer>;

type Listed = 'sentBy' | 'reactedBy' | 'sentSince' | 'changedSince';

/** Messages of a conversation. */
const shownViews = (answer: AnsweringWith): Omit<MessageViews, Listed | 'history'> => ({
  changes: (conversationId, place, limit) =>
    answer(
      (loaded) => {
        const { since, after, afterSeq } = place;
        const changed = [
          { position: loaded.behind(after) },
          ...(afterSeq === undefined ? [] : [{ position: stored(after), seq: { $gt: afterSeq } }]),
        ];
        const filter = { conversationId, sentPosition: { $lte: stored(since) }, $or: changed };
        // One may be as it was sent: at the very position.
        return loaded.read('messages', filter, { sort: { position: 1, seq: 1 }, limit: limit + 1 });
      },
      (views) => views.changes(conversationId, place, limit),
    ),
  find: (messageId) =>
    answer(
      (loaded) => loaded.messages([messageId]),
      (views) => views.find(messageId),
    ),
  findSome: (messageIds) =>
    answer(
      (loaded) => loaded.messages(messageIds),
      (views) => views.findSome(messageIds),
    ),
  isAttachedFor: (viewer, mediaId) =>
    answer(
      async (loaded) => {
        const carrying = await loaded.read('messages', { 'attachments.mediaId': mediaId });
        await loaded.members(carrying.map(({ conversationId }) => [conversationId, viewer]));
        return [];
      },
      (views) => views.isAttachedFor(viewer, mediaId),
    ),
  isAttached: (mediaId) =>
    answer(
      async (loaded) => {
        await loaded.read('messages', { 'attachments.mediaId': mediaId }, { limit: 1 });
        return [];
      },
      (views) => views.isAttached(mediaId),
    ),
  receipts: (messageId, page) =>
    answer(
      async (loaded) => {
        await loadReceipts(loaded, messageId, page);
        return [];
      },
      (views) => views.receipts(messageId, page),
    ),
});

/** Messages of several conversations. */
const listedViews = (answer: AnsweringWith): Pick<MessageViews, Listed> => ({
  sentBy: (senderId, after, limit) =>
    answer(
      (loaded) => {
        const { conversationId = '', seq = 0 } = after ?? {};
        const behind = [{ conversationId: { $gt: conversationId } }, { conversationId, seq: { $gt: seq } }];
        return loaded.read('messages', { senderId, $or: behind }, { sort: { conversationId: 1, seq: 1 }, limit });
      },
      (views) => views.sentBy(senderId, after, limit),
    ),
  reactedBy: (userId, after, limit) =>
    answer(
      async (loaded) => {
        const { messageId = '', emoji = '' } = after ?? {};
        const behind = [{ messageId: { $gt: messageId } }, { messageId, emoji: { $gt: emoji } }];
        const own = { userId, active: true, $or: behind };
        await loaded.read('reactions', own, { sort: { messageId: 1, emoji: 1 }, limit });
        return [];
      },
      (views) => views.reactedBy(userId, after, limit),
    ),
  sentSince: (viewer, after, limits, make) =>
    answer(
      async (loaded) => {
        const conversationId = { $in: await loadChangedConversations(loaded, viewer, after) };
        const sent = { conversationId, sentPosition: loaded.behind(after) };
        return loaded.messagesUpTo(sent, { sentPosition: 1 }, limits);
      },
      (views) => views.sentSince(viewer, after, limits, make),
    ),
  changedSince: (viewer, after, limits, make) =>
    answer(
      async (loaded) => {
        const conversationId = { $in: await loadChangedConversations(loaded, viewer, after) };
        const changed = { conversationId, sentPosition: { $lte: stored(after) }, position: loaded.behind(after) };
        return loaded.messagesUpTo(changed, { position: 1, conversationId: 1, seq: 1 }, limits);
      },
      (views) => views.changedSince(viewer, after, limits, make),
    ),
});

/** Messages in MongoDB. */
export const createMessageViews = (reading: Reading): MessageViews => {
  const answerFrom = answeringFrom(reading, messageViewsInMemory);
  const answer: AnsweringWith = (load, show) =>
    answerFrom(async (loaded) => loaded.shownBeside(await load(loaded)), show);
  return { history: historyPages(historyReader(reading)), ...shownViews(answer), ...listedViews(answer) };
};
