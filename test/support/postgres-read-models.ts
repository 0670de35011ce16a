import {
  mailProjection,
  mediaProjection,
  messagesProjection,
  searchProjection,
  usersProjection,
} from '../../src/application/projections/registry.js';
import { handledTypes, type Projection } from '../../src/application/projections/projector.js';
import { createPostgresGenerations } from '../../src/infrastructure/projections/postgres/postgres-generations.js';
import type { ReadModel } from '../../src/infrastructure/projections/postgres/read-model.js';
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

/** Deleting a few rows takes a tenth of the time of `truncate`, which makes each table and index a new file. */
const EMPTY = `
  do $$ declare rows record; begin
    for rows in select format('delete from %I.%I', schemaname, tablename) as deletion from pg_tables
                 where schemaname in ('users', 'messages', 'media', 'search', 'mail') loop
      execute rows.deletion;
    end loop;
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
  const open = <Writers>(projection: Projection<Writers>, readModel: ReadModel<Writers>) => ({
    generations: createPostgresGenerations({ pool, projection, readModel }),
    types: new Set<string>(handledTypes(projection)),
  });
  const all = [
    open(usersProjection, usersReadModel),
    open(mediaProjection, mediaReadModel),
    open(messagesProjection, messagesReadModel),
    open(searchProjection, searchReadModel),
    open(
      mailProjection,
      createMailReadModel(() => undefined),
    ),
  ];
  for (const { generations } of all) await generations.prepare();
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
      // The others have nothing to apply: to open them, too, takes most of the time of a test.
      for (const { generations } of all.filter(({ types }) => events.some(({ type }) => types.has(type)))) {
        const store = generations.open();
        await feed(store, events, sizes);
        await store.release();
      }
    },
    checksums: () => Promise.all(all.map(async ({ generations }) => (await generations.checksum()).sha256)),
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
