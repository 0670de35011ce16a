import type { Arrival, DeliveryViews } from '../../../application/ports/delivery-views.js';
import { hasReached } from '../../../domain/kernel/position.js';
import type { Reading } from '../../projections/mongodb/used-generation.js';
import { deliveryViewsInMemory } from '../memory/delivery-views.js';
import { answeringFrom, forEachOf, type LoadedMessages } from './loaded-messages.js';
import { stored } from './row-documents.js';

type Places = Parameters<DeliveryViews['unreadUpTo']>[0];

/** Reads, of each conversation in which somebody has not read everything, the newest message up to a position. */
const loadUnread = async (loaded: LoadedMessages, places: Places): Promise<void> => {
  const members = await loaded.memberships(places.map(({ userId }) => userId));
  const heads = await loaded.conversations(members.map(({ conversationId }) => conversationId));
  const unread = new Map(heads.map((each) => [each.conversationId, each]));
  const wanted = places.flatMap(({ userId, position }) =>
    members
      .filter((each) => each.userId === userId)
      .flatMap(({ conversationId, readSeq }) => {
        const head = unread.get(conversationId);
        return head && head.lastSeq > readSeq ? [{ head, position, conversationId }] : [];
      }),
  );
  const newest = wanted.filter(({ head, position }) => hasReached(position, head.lastMessagePosition));
  const older = wanted.filter((each) => !newest.includes(each));
  await loaded.messagesAt(newest.map(({ conversationId, head }) => ({ conversationId, seq: head.lastSeq })));
  await forEachOf(older, ({ conversationId, position }) => {
    const sent = { conversationId, sentPosition: { $lte: stored(position) } };
    return loaded.read('messages', sent, { sort: { sentPosition: -1 }, limit: 1 });
  });
};

/** Reads what says whether messages have come. */
const loadStates = async (loaded: LoadedMessages, arrivals: readonly Arrival[]): Promise<void> => {
  const messages = await loaded.messages(arrivals.map(({ messageId }) => messageId));
  const sent = new Map(messages.map((each) => [each.messageId, each]));
  const places = arrivals.flatMap(({ userId, messageId }) => {
    const message = sent.get(messageId);
    return message ? [{ userId, conversationId: message.conversationId, seq: message.seq }] : [];
  });
  await loaded.members(places.map(({ conversationId, userId }) => [conversationId, userId]));
  await forEachOf(places, ({ userId, conversationId, seq }) =>
    loaded.read('deliveries', { userId, conversationId, seq: { $gte: seq } }, { limit: 1 }),
  );
};

/** What has come to users, in MongoDB. */
export const createDeliveryViews = (reading: Reading): DeliveryViews => {
  const answer = answeringFrom(reading, deliveryViewsInMemory);
  return {
    statesOf: (arrivals) =>
      answer(
        (loaded) => loadStates(loaded, arrivals),
        (views) => views.statesOf(arrivals),
      ),
    unreadUpTo: (places) =>
      answer(
        (loaded) => loadUnread(loaded, places),
        (views) => views.unreadUpTo(places),
      ),
    deliveredTo: (userId, after, limit) =>
      answer(
        (loaded) => {
          const { conversationId = '', seq = 0 } = after ?? {};
          const behind = [{ conversationId: { $gt: conversationId } }, { conversationId, seq: { $gt: seq } }];
          return loaded.read('deliveries', { userId, $or: behind }, { sort: { conversationId: 1, seq: 1 }, limit });
        },
        (views) => views.deliveredTo(userId, after, limit),
      ),
  };
};
