import {
  mailProjection,
  mediaProjection,
  messagesProjection,
  searchProjection,
  usersProjection,
} from '../../src/application/projections/registry.js';
import { createPostgresGenerations } from '../../src/infrastructure/projections/postgres/postgres-generations.js';
import { createConversationViews } from '../../src/infrastructure/read-models/postgres/conversation-views.js';
import { createMailOutbox, createMailReadModel } from '../../src/infrastructure/read-models/postgres/mail-outbox.js';
import { mediaReadModel } from '../../src/infrastructure/read-models/postgres/media-read-model.js';
import { createMediaViews } from '../../src/infrastructure/read-models/postgres/media-views.js';
import { createMessageViews } from '../../src/infrastructure/read-models/postgres/message-views.js';
import { createDeliveryViews } from '../../src/infrastructure/read-models/postgres/delivery-views.js';
import { createPinViews } from '../../src/infrastructure/read-models/postgres/pin-views.js';
import { searchReadModel } from '../../src/infrastructure/read-models/postgres/search-read-model.js';
import { createSearchViews } from '../../src/infrastructure/read-models/postgres/search-views.js';
import { createSessionViews } from '../../src/infrastructure/read-models/postgres/session-views.js';
import { createUserDirectory } from '../../src/infrastructure/read-models/postgres/user-directory.js';
import { usersReadModel } from '../../src/infrastructure/read-models/postgres/users-read-model.js';
import type { ReadModelsUnderTest } from '../contracts/read-model-steps.js';
import { testDatabase } from './postgres.js';
import { feed } from './projections.js';
import { messagesReadModel } from '../../src/infrastructure/read-models/postgres/messages-read-model.js';

const EMPTY = `
  do $$ begin
    execute (select 'truncate ' || string_agg(format('%I.%I', schemaname, tablename), ', ') from pg_tables
              where schemaname in ('users', 'messages', 'media', 'search', 'mail'));
  end $$`;

/**
 * The read models of these databases are empty again and are used anew, because creating one takes as long as ten
 * tests.
 */
const emptied: { readonly models: ReadModelsUnderTest; readonly drop: () => Promise<void> }[] = [];

/** Drops the databases that were kept. */
export const dropPostgresReadModels = async (): Promise<void> => {
  for (const { drop } of emptied.splice(0)) await drop();
};

const makeReadModels = async (): Promise<(typeof emptied)[number]> => {
  const { pool, drop } = await testDatabase();
  const all = [
    createPostgresGenerations({ pool, projection: usersProjection, readModel: usersReadModel }),
    createPostgresGenerations({ pool, projection: mediaProjection, readModel: mediaReadModel }),
    createPostgresGenerations({ pool, projection: messagesProjection, readModel: messagesReadModel }),
    createPostgresGenerations({ pool, projection: searchProjection, readModel: searchReadModel }),
    createPostgresGenerations({ pool, projection: mailProjection, readModel: createMailReadModel(() => undefined) }),
  ];
  for (const each of all) await each.prepare();
  const models: ReadModelsUnderTest = {
    conversations: createConversationViews(pool),
    messages: createMessageViews(pool),
    pins: createPinViews(pool),
    deliveries: createDeliveryViews(pool),
    directory: createUserDirectory(pool),
    sessions: createSessionViews(pool),
    media: createMediaViews(pool),
    search: createSearchViews(pool),
    outbox: createMailOutbox(pool),
    feed: async (events, sizes) => {
      await pool.query('update projections.checkpoints set position = 0');
      for (const each of all) {
        const store = each.open();
        await feed(store, events, sizes);
        await store.release();
      }
    },
    close: async () => {
      await pool.query(EMPTY);
      emptied.push({ models, drop });
    },
  };
  return { models, drop };
};

/** Opens all read models in a PostgreSQL database that holds nothing else. */
export const openPostgresReadModels = async (): Promise<ReadModelsUnderTest> =>
  (emptied.pop() ?? (await makeReadModels())).models;
