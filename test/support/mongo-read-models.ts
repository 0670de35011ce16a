import { messagesProjection, searchProjection } from '../../src/application/projections/registry.js';
import { readingFrom } from '../../src/infrastructure/projections/mongodb/used-generation.js';
import { createConversationViews } from '../../src/infrastructure/read-models/mongodb/conversation-views.js';
import { createDeliveryViews } from '../../src/infrastructure/read-models/mongodb/delivery-views.js';
import { createMessageViews } from '../../src/infrastructure/read-models/mongodb/message-views.js';
import { createSearchViews } from '../../src/infrastructure/read-models/mongodb/search-views.js';
import { createPinViews } from '../../src/infrastructure/read-models/mongodb/pin-views.js';
import type { ReadModelsUnderTest } from '../contracts/read-model-steps.js';
import { openMemoryReadModels } from './memory-read-models.js';
import type { MongoServer } from './mongodb.js';
import { messagesIn, openStoredMessages, openStoredSearch, searchIn, type StoredMessages } from './mongo-messages.js';
import { feed } from './projections.js';

/** Databases that are empty again and are used anew, because making their collections takes as long as ten tests. */
const emptied: { readonly stored: StoredMessages; readonly search: StoredMessages }[] = [];

/** Drops the databases that were kept. */
export const dropMongoReadModels = async (): Promise<void> => {
  for (const { stored, search } of emptied.splice(0)) await Promise.all([stored.close(), search.close()]);
};

/** Makes the views of messages that are stored in MongoDB. */
export const messageViewsOf = ({ mongo }: Pick<StoredMessages, 'mongo'>) => {
  const reading = readingFrom(mongo, messagesProjection.name);
  return {
    conversations: createConversationViews(reading),
    messages: createMessageViews(reading),
    pins: createPinViews(reading),
    deliveries: createDeliveryViews(reading),
  };
};

/** Opens the read models of messages in MongoDB, and in memory those that MongoDB does not have. */
export const openMongoReadModels = async (server: MongoServer): Promise<ReadModelsUnderTest> => {
  const { stored, search } = emptied.pop() ?? {
    stored: await openStoredMessages(server),
    search: await openStoredSearch(server),
  };
  const others = await openMemoryReadModels();
  return {
    ...others,
    ...messageViewsOf(stored),
    search: createSearchViews(readingFrom(search.mongo, searchProjection.name)),
    feed: async (events, sizes) => {
      await others.feed(events, sizes);
      for (const { mongo, generations } of [
        { mongo: stored.mongo, generations: messagesIn(stored.mongo) },
        { mongo: search.mongo, generations: searchIn(search.mongo) },
      ]) {
        await mongo.db.collection('projections').updateOne({}, { $set: { position: 0n } });
        const store = generations.open();
        await feed(store, events, sizes);
        await store.release();
      }
    },
    checksums: async () => {
      const stores = [messagesIn(stored.mongo), searchIn(search.mongo)];
      const own = await Promise.all(stores.map(async (each) => (await each.checksum()).sha256));
      return [...own, ...(await others.checksums())];
    },
    close: async () => {
      await Promise.all([stored.empty(), search.empty()]);
      emptied.push({ stored, search });
    },
  };
};
