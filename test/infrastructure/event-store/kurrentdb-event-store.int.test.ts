import {
  createKurrentDbEventStore,
  type KurrentDbEventStore,
} from '../../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { eventStoreContract } from '../../contracts/event-store.js';
import { startKurrentDb } from '../../support/kurrentdb.js';

const log = { warn: () => undefined, error: () => undefined };

describe('The event store in KurrentDB', () => {
  it('names the server that these tests ask', async function () {
    const server = await startKurrentDb();
    server.stop();
    this.test!.title = `asks ${server.name}`;
  });

  eventStoreContract(async (codec) => {
    const server = await startKurrentDb();
    const stores: KurrentDbEventStore[] = [];
    const beside = async () => {
      const store = await createKurrentDbEventStore({ url: server.url, codec, log });
      stores.push(store);
      return store;
    };
    const close = async () => {
      for (const store of stores) await store.close();
      server.stop();
    };
    return { store: await beside(), beside, close };
  });
});
