import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { eventStoreContract } from '../../contracts/event-store.js';
import { testDatabase } from '../../support/postgres.js';
import { testCodec } from '../../support/test-codec.js';

const log = { warn: () => undefined, error: () => undefined };

describe('The event store in PostgreSQL', () => {
  eventStoreContract(async () => {
    const { pool, drop } = await testDatabase();
    const stores: PostgresEventStore[] = [];
    const beside = async () => {
      const store = await createPostgresEventStore({ pool, codec: testCodec, log });
      stores.push(store);
      return store;
    };
    const close = async () => {
      for (const store of stores) await store.close();
      await drop();
    };
    return { store: await beside(), beside, close };
  });
});
