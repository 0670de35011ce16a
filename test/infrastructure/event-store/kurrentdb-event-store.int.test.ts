import {
  createKurrentDbEventStore,
  type KurrentDbEventStore,
} from '../../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { eventStoreContract } from '../../contracts/event-store.js';
import { startKurrentDb } from '../../support/kurrentdb.js';

const log = { warn: () => undefined, error: () => undefined };
/** The double answers in the process of these tests, which has much else to do. What a silent server is given up by is tested elsewhere. */
const PATIENT = { answerWithinMs: 60_000, retryForMs: 60_000 };

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
      const store = await createKurrentDbEventStore({ url: server.url, codec, log, limits: PATIENT });
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
