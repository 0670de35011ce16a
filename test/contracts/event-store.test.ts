import type { EventCodec } from '../../src/application/ports/event-codec.js';
import { createMemoryEventStore } from '../../src/infrastructure/event-store/memory/memory-event-store.js';
import { sparseLog } from '../support/sparse-log.js';
import { eventNumbered } from '../support/test-codec.js';
import { eventStoreContract } from './event-store.js';
import { newStream, type LogUnderTest } from './store-steps.js';

describe('The contract of event stores asks for no dense positions and no log of its own', () => {
  const logs = new Map<EventCodec, LogUnderTest>();
  /** Opens one log for all tests. It holds what earlier tests have left, and an event that cannot be decoded. */
  const sharedLog = async (codec: EventCodec): Promise<LogUnderTest> => {
    const log = logs.get(codec) ?? createMemoryEventStore(codec);
    logs.set(codec, log);
    await log.append({
      streams: [
        { streamId: newStream(), expected: 'any', events: [eventNumbered(0), eventNumbered(1, 'EmailVerified')] },
      ],
    });
    return log;
  };

  eventStoreContract(async (codec) => {
    const store = sparseLog(await sharedLog(codec));
    return { store, beside: async () => store, close: async () => undefined };
  });
});
