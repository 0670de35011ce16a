import type { ConversationViews } from '../../src/application/ports/conversation-views.js';
import type { EventBatch } from '../../src/application/ports/event-store.js';
import type { UserDirectory } from '../../src/application/ports/user-directory.js';
import { nameMembers } from '../../src/application/conversations/conversation-answer.js';
import { messageCursor } from '../../src/application/messages/message-cursor.js';
import type { ConversationId, MessageId, Position, UserId } from '../../src/domain/kernel/ids.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { createConversationViews } from '../../src/infrastructure/read-models/postgres/conversation-views.js';
import { createMessageViews } from '../../src/infrastructure/read-models/postgres/message-views.js';
import { createPinViews } from '../../src/infrastructure/read-models/postgres/pin-views.js';
import { createProjectedMessages } from '../../src/infrastructure/read-models/postgres/projected-messages.js';
import { expect } from 'chai';
import { fetchAll, type AskedServer } from './asked-server.js';
import { ClientModel } from './client-model.js';
import type { KnownConversation } from './known-conversation.js';
import type { KnownMessage } from './known-history.js';
import type { TestDatabase } from './postgres.js';
import { feed, openMessages, type recorded } from './projections.js';
import { profileOf } from './scripted-views.js';

type Recorded = ReturnType<typeof recorded>;

const MUCH = 500;

/** Answers a view as it comes over the wire. */
const plain = <Value>(view: unknown): Value => JSON.parse(JSON.stringify(view)) as Value;

/** Users who are known by their ids alone and who all show receipts. */
const directory = {
  profiles: (userIds: readonly UserId[]) => Promise.resolve(new Map(userIds.map((each) => [each, profileOf(each)]))),
  withoutReceipts: () => Promise.resolve(new Set<UserId>()),
} as unknown as UserDirectory;

/**
 * Opens the read models of conversations and messages in a database of their own; they advance when the test says so.
 */
export const openLiveReadModels = async (database: TestDatabase) => {
  const conversations = createConversationViews(database.pool);
  const store = await openMessages(database);
  await store.release();
  let projected = 0;
  const messages = createMessageViews(database.pool);
  const snapshot = async (userId: UserId): Promise<KnownConversation[]> => {
    const { conversations: found } = await conversations.inbox(userId, { before: undefined, limit: 100 });
    const named = await nameMembers(directory, found);
    return plain<KnownConversation[]>(named).sort((one, other) =>
      one.conversationId.localeCompare(other.conversationId),
    );
  };
  const pins = createPinViews(database.pool);
  const receiptsOf = async (messageId: string) =>
    (await messages.receipts(messageId as MessageId, { after: undefined, limit: MUCH })).receipts;
  /** Answers what a user may ask for. */
  const asked = (userId: UserId): AskedServer => ({
    snapshot: () => snapshot(userId),
    history: async (conversationId, cursor = messageCursor(0)) => {
      const page = await messages.history(conversationId as ConversationId, { kind: 'after', cursor }, MUCH);
      return plain<KnownMessage[]>(page.messages);
    },
    changes: async (conversationId, since) => {
      const place = { since: since as Position, after: since as Position };
      return plain<KnownMessage[]>(await messages.changes(conversationId as ConversationId, place, MUCH));
    },
    pins: async (conversationId) =>
      (await pins.list(conversationId as ConversationId)).map(({ message }) => message.messageId).sort(),
    readers: async (messageId) => {
      const receipts = await receiptsOf(messageId);
      return receipts
        .filter(({ readAt }) => readAt !== null)
        .map((each) => each.userId)
        .sort();
    },
    names: async (user) => profileOf(user as UserId),
  });
  /** Lets a client know to whom the messages of a conversation have come, and who has read them. */
  const learnReceipts = async (client: ClientModel, conversationId: string): Promise<void> => {
    client.knowReceipts(conversationId, []);
    const { messages: history } = await messages.history(conversationId as ConversationId, { kind: 'newest' }, MUCH);
    for (const { messageId, seq } of history)
      for (const { userId, deliveredAt, readAt } of await receiptsOf(messageId)) {
        if (readAt !== null) client.knowReceipts(conversationId, [[userId, seq]]);
        if (deliveredAt !== null) client.knowDelivered(conversationId, userId, seq);
      }
  };
  return {
    conversations,
    messages,
    pins,
    sequences: createProjectedMessages(database.pool),
    directory,
    /** Applies these events, which begin at the start of the log, to the read models. */
    project: async (events: Recorded): Promise<void> => {
      await database.pool.query('update projections.checkpoints set lease_until = null');
      const writer = await openMessages(database);
      await feed(writer, events.slice(projected), [50]);
      projected = Math.max(projected, events.length);
      await writer.release();
    },
    /** Answers all conversations of a user as a client fetches them. */
    snapshot,
    asked,
    /** Expects a client to know to whom each message has come, and who has read it, where it has fetched the receipts once. */
    expectReceipts: async (client: ClientModel): Promise<void> => {
      const server = asked(client.userId as UserId);
      for (const { conversationId } of client.conversations.filter((each) => client.knowsReceipts(each.conversationId)))
        for (const { messageId, seq } of await server.history(conversationId)) {
          const others = (await receiptsOf(messageId)).filter(({ userId }) => userId !== client.userId);
          const known = others.map(({ userId }) => [
            client.deliveredUpTo(conversationId, userId) >= seq,
            client.readUpTo(conversationId, userId) >= seq,
          ]);
          const shown = others.map(({ deliveredAt, readAt }) => [deliveredAt !== null, readAt !== null]);
          expect(known, messageId).to.deep.equal(shown);
        }
    },
    /** Makes a client that has fetched all of its conversations, their histories, pins and readers. */
    client: async (userId: UserId): Promise<ClientModel> => {
      const client = new ClientModel(userId);
      await fetchAll(client, asked(userId));
      for (const { conversationId } of client.conversations) await learnReceipts(client, conversationId);
      return client;
    },
  };
};

export type LiveReadModels = Awaited<ReturnType<typeof openLiveReadModels>>;

/** Cuts events into batches of the given sizes, which are repeated. */
export const batchesOf = (events: Recorded, sizes: readonly number[]): EventBatch[] => {
  const batches: EventBatch[] = [];
  let after = LOG_START;
  for (let at = 0, turn = 0; at < events.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    const batch = events.slice(at, at + size);
    const position = batch.at(-1)?.position ?? after;
    batches.push({ events: batch, undecodable: [], after, position, passed: batch.length, caughtUp: false });
    after = position;
    at += size;
  }
  return batches;
};

/** Makes views of which one query fails once. */
export const failingOnce = (views: ConversationViews, query: keyof ConversationViews): ConversationViews => {
  let failed = false;
  return new Proxy(views, {
    get: (target, name: keyof ConversationViews) => {
      if (name !== query || failed) return target[name];
      failed = true;
      return () => Promise.reject(new Error('the connection was lost'));
    },
  });
};
