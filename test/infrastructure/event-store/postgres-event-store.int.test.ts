import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { eventStoreContract } from '../../contracts/event-store.js';
import { testDatabase } from '../../support/postgres.js';
import { testCodec } from '../../support/test-codec.js';

const log = { warn: () => undefined };

describe('The event store in PostgreSQL', () => {
  eventStoreContract(async () => {
    const { pool, drop } = await testDatabase();
    const store = await createPostgresEventStore({ pool, codec: testCodec, log });
    const close = async () => {
      await store.close();
      await drop();
    };
    return { store, close };
  });
});
