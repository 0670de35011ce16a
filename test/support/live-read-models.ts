import type { ConversationViews } from '../../src/application/ports/conversation-views.js';
import type { EventBatch } from '../../src/application/ports/event-store.js';
import type { UserDirectory } from '../../src/application/ports/user-directory.js';
import { nameMembers } from '../../src/application/conversations/conversation-answer.js';
import type { UserId } from '../../src/domain/kernel/ids.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { createConversationViews } from '../../src/infrastructure/read-models/postgres/conversation-views.js';
import { createMessageViews } from '../../src/infrastructure/read-models/postgres/message-views.js';
import { RecentSequences } from '../../src/infrastructure/read-models/postgres/projected-messages.js';
import type { KnownConversation } from './client-model.js';
import type { TestDatabase } from './postgres.js';
import { feed, openMessages, type recorded } from './projections.js';
import { profileOf } from './scripted-views.js';

type Recorded = ReturnType<typeof recorded>;

/** Users by their ids alone, all of whom show receipts. */
const directory = {
  profiles: (userIds: readonly UserId[]) => Promise.resolve(new Map(userIds.map((each) => [each, profileOf(each)]))),
  withoutReceipts: () => Promise.resolve(new Set<UserId>()),
} as unknown as UserDirectory;

/** The read models of talk in a database of their own, brought on as a test says. */
export const openLiveReadModels = async (database: TestDatabase) => {
  const conversations = createConversationViews(database.pool);
  const store = await openMessages(database);
  await store.release();
  let projected = 0;
  return {
    conversations,
    messages: createMessageViews(database.pool),
    sequences: new RecentSequences(database.pool),
    directory,
    /** Brings the read models up to the last of these events, which begin where the log does. */
    project: async (events: Recorded): Promise<void> => {
      await database.pool.query('update projections.checkpoints set lease_until = null');
      const writer = await openMessages(database);
      await feed(writer, events.slice(projected), [50]);
      projected = Math.max(projected, events.length);
      await writer.release();
    },
    /** All conversations of somebody as a client fetches them. */
    snapshot: async (userId: UserId): Promise<KnownConversation[]> => {
      const { conversations: found } = await conversations.inbox(userId, { before: undefined, limit: 100 });
      const named = await nameMembers(directory, found);
      return (JSON.parse(JSON.stringify(named)) as KnownConversation[]).sort((one, other) =>
        one.conversationId.localeCompare(other.conversationId),
      );
    },
  };
};

export type LiveReadModels = Awaited<ReturnType<typeof openLiveReadModels>>;

/** Events cut into batches of the given sizes, over and over. */
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

/** Views one of whose queries fails, once. */
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
