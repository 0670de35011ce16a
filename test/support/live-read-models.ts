import type { ConversationViews } from '../../src/application/ports/conversation-views.js';
import type { EventBatch } from '../../src/application/ports/event-store.js';
import type { UserDirectory } from '../../src/application/ports/user-directory.js';
import { nameMembers } from '../../src/application/conversations/conversation-answer.js';
import type { ConversationId, MessageId, UserId } from '../../src/domain/kernel/ids.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { createConversationViews } from '../../src/infrastructure/read-models/postgres/conversation-views.js';
import { createMessageViews } from '../../src/infrastructure/read-models/postgres/message-views.js';
import { createPinViews } from '../../src/infrastructure/read-models/postgres/pin-views.js';
import { createProjectedMessages } from '../../src/infrastructure/read-models/postgres/projected-messages.js';
import { expect } from 'chai';
import { ClientModel, type KnownConversation, type KnownMessage } from './client-model.js';
import type { TestDatabase } from './postgres.js';
import { feed, openMessages, type recorded } from './projections.js';
import { profileOf } from './scripted-views.js';

type Recorded = ReturnType<typeof recorded>;

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
    return (JSON.parse(JSON.stringify(named)) as KnownConversation[]).sort((one, other) =>
      one.conversationId.localeCompare(other.conversationId),
    );
  };
  const pins = createPinViews(database.pool);
  const pinned = async (conversationId: string): Promise<string[]> =>
    (await pins.list(conversationId as ConversationId)).map(({ message }) => message.messageId).sort();
  const history = async (conversationId: string): Promise<KnownMessage[]> => {
    const page = await messages.history(conversationId as ConversationId, { kind: 'newest' }, 500);
    return [...page.messages];
  };
  /** Answers how far each member has read, as far as the receipts of a conversation's messages say. */
  const readMarks = async (conversationId: string): Promise<(readonly [string, number])[]> => {
    const marks: (readonly [string, number])[] = [];
    for (const { messageId, seq } of await history(conversationId))
      for (const { userId, readAt } of await messages.receipts(messageId as MessageId))
        if (readAt !== null) marks.push([userId, seq]);
    return marks;
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
    /** Makes a client that has fetched all of its conversations and their histories. */
    client: async (userId: UserId): Promise<ClientModel> => {
      const known = await snapshot(userId);
      const client = new ClientModel(userId, known);
      for (const { conversationId } of known) {
        client.know(await history(conversationId));
        client.knowPins(conversationId, await pinned(conversationId));
        client.knowReceipts(conversationId, await readMarks(conversationId));
      }
      return client;
    },
    /** Expects a client to know which others have read each message, in conversations whose receipts it has fetched. */
    expectReceipts: async (client: ClientModel): Promise<void> => {
      for (const { conversationId } of client.conversations.filter((each) => client.knowsReceipts(each.conversationId)))
        for (const { messageId, seq } of await history(conversationId)) {
          const others = (await messages.receipts(messageId as MessageId)).filter(
            ({ userId }) => userId !== client.userId,
          );
          const readers = others.filter(({ readAt }) => readAt !== null);
          const known = others.filter(({ userId }) => client.readUpTo(conversationId, userId) >= seq);
          expect(known, messageId).to.deep.equal(readers);
        }
    },
    /**
     * Expects each message and pin that a client knows, in conversations that it still has, to be as the history shows
     * it now.
     */
    expectMessages: async (client: ClientModel): Promise<void> => {
      for (const { conversationId } of client.conversations) {
        const known = client.messagesOf(conversationId);
        const ids = new Set(known.map(({ messageId }) => messageId));
        const pins = client.pinsOf(conversationId);
        if (pins) expect(pins).to.deep.equal(await pinned(conversationId));
        expect(known).to.deep.equal((await history(conversationId)).filter(({ messageId }) => ids.has(messageId)));
      }
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
    batches.push({ events: batch, undecodable: [], after, position, caughtUp: false });
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
