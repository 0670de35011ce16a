import type { MediaTables } from '../../src/application/projections/media.js';
import {
  mailProjection,
  PROJECTIONS,
  mediaProjection,
  messagesProjection,
  searchProjection,
  usersProjection,
} from '../../src/application/projections/registry.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { MemoryGenerations } from '../../src/infrastructure/projections/memory/memory-generations.js';
import { MemoryProjections } from '../../src/infrastructure/projections/memory/memory-projections.js';
import type { MemoryTables } from '../../src/infrastructure/projections/memory/memory-read-model.js';
import { conversationViewsInMemory } from '../../src/infrastructure/read-models/memory/conversation-views.js';
import {
  mailInMemory,
  mailOutboxInMemory,
  type MailTables,
} from '../../src/infrastructure/read-models/memory/mail-outbox.js';
import { deliveryViewsInMemory } from '../../src/infrastructure/read-models/memory/delivery-views.js';
import { mediaInMemory, mediaViewsInMemory } from '../../src/infrastructure/read-models/memory/media-views.js';
import { messageViewsInMemory } from '../../src/infrastructure/read-models/memory/message-views.js';
import { pinViewsInMemory } from '../../src/infrastructure/read-models/memory/pin-views.js';
import { messagesInMemory } from '../../src/infrastructure/read-models/memory/messages-read-model.js';
import type { MessagesTables } from '../../src/application/projections/messages-tables.js';
import type { SearchTables } from '../../src/application/projections/search.js';
import { searchInMemory, searchViewsInMemory } from '../../src/infrastructure/read-models/memory/search-views.js';
import { sessionViewsInMemory } from '../../src/infrastructure/read-models/memory/session-views.js';
import { userDirectoryInMemory } from '../../src/infrastructure/read-models/memory/user-directory.js';
import { usersInMemory } from '../../src/infrastructure/read-models/memory/users-read-model.js';
import type { UsersTables } from '../../src/application/projections/users-tables.js';
import type { ReadModelsUnderTest } from '../contracts/read-model-steps.js';
import { feed } from './projections.js';

const now = () => 0;

/** Opens all read models in memory. */
export const openMemoryReadModels = async (): Promise<ReadModelsUnderTest> => {
  const projections = new MemoryProjections(now);
  const all = [
    new MemoryGenerations({ projections, projection: usersProjection, readModel: usersInMemory }),
    new MemoryGenerations({ projections, projection: messagesProjection, readModel: messagesInMemory }),
    new MemoryGenerations({ projections, projection: mediaProjection, readModel: mediaInMemory }),
    new MemoryGenerations({ projections, projection: searchProjection, readModel: searchInMemory }),
    new MemoryGenerations({ projections, projection: mailProjection, readModel: mailInMemory }),
  ];
  for (const each of all) await each.prepare();
  /** Answers the current tables of the generation in use. */
  const tablesOf =
    <Tables extends MemoryTables>(name: string) =>
    (): Tables =>
      projections.find(name)?.tables as Tables;
  return {
    conversations: conversationViewsInMemory(tablesOf<MessagesTables>(messagesProjection.name)),
    messages: messageViewsInMemory(tablesOf<MessagesTables>(messagesProjection.name)),
    pins: pinViewsInMemory(tablesOf<MessagesTables>(messagesProjection.name)),
    deliveries: deliveryViewsInMemory(tablesOf<MessagesTables>(messagesProjection.name)),
    directory: userDirectoryInMemory(tablesOf<UsersTables>(usersProjection.name)),
    sessions: sessionViewsInMemory(tablesOf<UsersTables>(usersProjection.name)),
    media: mediaViewsInMemory(tablesOf<MediaTables>(mediaProjection.name)),
    search: searchViewsInMemory(tablesOf<SearchTables>(searchProjection.name)),
    outbox: mailOutboxInMemory(tablesOf<MailTables>(mailProjection.name), now),
    feed: async (events, sizes) => {
      for (const { name } of PROJECTIONS) {
        const found = projections.find(name);
        if (found) projections.put(name, { ...found, position: LOG_START });
      }
      for (const each of all) {
        const store = each.open();
        await feed(store, events, sizes);
        await store.release();
      }
    },
    checksums: () => Promise.all(all.map(async (each) => (await each.checksum()).sha256)),
    close: async () => undefined,
  };
};
