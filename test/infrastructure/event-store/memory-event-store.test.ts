import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { eventStoreContract } from '../../contracts/event-store.js';

describe('The event store in memory', () => {
  eventStoreContract(async (codec) => {
    const store = createMemoryEventStore(codec);
    return { store, beside: async () => store, close: async () => undefined };
  });
});
