import { mailProjection, messagesProjection, usersProjection } from '../../src/application/projections/registry.js';
import { createPostgresGenerations } from '../../src/infrastructure/projections/postgres/postgres-generations.js';
import { createConversationViews } from '../../src/infrastructure/read-models/postgres/conversation-views.js';
import { createMailOutbox, createMailReadModel } from '../../src/infrastructure/read-models/postgres/mail-outbox.js';
import { createMessageViews } from '../../src/infrastructure/read-models/postgres/message-views.js';
import { createSessionViews } from '../../src/infrastructure/read-models/postgres/session-views.js';
import { createUserDirectory } from '../../src/infrastructure/read-models/postgres/user-directory.js';
import { usersReadModel } from '../../src/infrastructure/read-models/postgres/users-read-model.js';
import type { ReadModelsUnderTest } from '../contracts/read-model-steps.js';
import { testDatabase } from './postgres.js';
import { feed, messagesReadModel } from './projections.js';

/** All read models, in a PostgreSQL database of their own. */
export const openPostgresReadModels = async (): Promise<ReadModelsUnderTest> => {
  const { pool, drop } = await testDatabase();
  const all = [
    createPostgresGenerations({ pool, projection: usersProjection, readModel: usersReadModel }),
    createPostgresGenerations({ pool, projection: messagesProjection, readModel: messagesReadModel() }),
    createPostgresGenerations({ pool, projection: mailProjection, readModel: createMailReadModel(() => undefined) }),
  ];
  for (const each of all) await each.prepare();
  return {
    conversations: createConversationViews(pool),
    messages: createMessageViews(pool),
    directory: createUserDirectory(pool),
    sessions: createSessionViews(pool),
    outbox: createMailOutbox(pool),
    feed: async (events, sizes) => {
      await pool.query('update projections.checkpoints set position = 0');
      for (const each of all) {
        const store = each.open();
        await feed(store, events, sizes);
        await store.release();
      }
    },
    close: drop,
  };
};
