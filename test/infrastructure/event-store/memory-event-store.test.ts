import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { eventStoreContract } from '../../contracts/event-store.js';
import { testCodec } from '../../support/test-codec.js';

describe('The event store in memory', () => {
  eventStoreContract(async () => {
    const store = createMemoryEventStore(testCodec);
    return { store, beside: async () => store, close: async () => undefined };
  });
});
