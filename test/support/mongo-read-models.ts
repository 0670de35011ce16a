import { messagesProjection } from '../../src/application/projections/registry.js';
import { readingFrom } from '../../src/infrastructure/projections/mongodb/used-generation.js';
import { createConversationViews } from '../../src/infrastructure/read-models/mongodb/conversation-views.js';
import { createDeliveryViews } from '../../src/infrastructure/read-models/mongodb/delivery-views.js';
import { createMessageViews } from '../../src/infrastructure/read-models/mongodb/message-views.js';
import { createPinViews } from '../../src/infrastructure/read-models/mongodb/pin-views.js';
import type { ReadModelsUnderTest } from '../contracts/read-model-steps.js';
import { openMemoryReadModels } from './memory-read-models.js';
import type { MongoServer } from './mongodb.js';
import { messagesIn, openStoredMessages, type StoredMessages } from './mongo-messages.js';
import { feed } from './projections.js';

/** Databases that are empty again and are used anew, because making their collections takes as long as ten tests. */
const emptied: StoredMessages[] = [];

/** Drops the databases that were kept. */
export const dropMongoReadModels = async (): Promise<void> => {
  for (const each of emptied.splice(0)) await each.close();
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
  const stored = emptied.pop() ?? (await openStoredMessages(server));
  const { mongo } = stored;
  const others = await openMemoryReadModels();
  return {
    ...others,
    ...messageViewsOf(stored),
    feed: async (events, sizes) => {
      await others.feed(events, sizes);
      await mongo.db.collection('projections').updateOne({}, { $set: { position: 0n } });
      const store = messagesIn(mongo).open();
      await feed(store, events, sizes);
      await store.release();
    },
    close: async () => {
      await stored.empty();
      emptied.push(stored);
    },
  };
};
