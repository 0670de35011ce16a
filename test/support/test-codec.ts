import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { InvalidEventError, type EventCodec } from '../../src/application/ports/event-codec.js';
import type { NewEvent } from '../../src/application/ports/event-store.js';
import type { CommandId, EventId, Instant } from '../../src/domain/kernel/ids.js';
import { memoryUserKeys } from './user-keys.js';
import { createEventCodec } from '../../src/infrastructure/serialization/create-event-codec.js';

const codec = createEventCodec(
  {
    ThingHappened: { schema: z.strictObject({ n: z.number(), note: z.string().optional() }), upcasters: [] },
    OtherHappened: { schema: z.strictObject({ n: z.number() }), upcasters: [] },
    SpoiledHappened: { schema: z.strictObject({ n: z.number() }), upcasters: [] },
  },
  memoryUserKeys(),
);

/** Events of no feature, for tests of the log itself. `SpoiledHappened` cannot be decoded once it is stored. */
export const testCodec: EventCodec = {
  ...codec,
  decode: async (stored) => {
    if (stored.some(({ type }) => type === 'SpoiledHappened')) throw new InvalidEventError('it is spoiled');
    return codec.decode(stored);
  },
};

type TestType = 'ThingHappened' | 'OtherHappened' | 'SpoiledHappened';

export const eventNumbered = (n: number, type: TestType = 'ThingHappened'): NewEvent => ({
  eventId: randomUUID() as EventId,
  type,
  data: { n },
  metadata: {
    commandId: randomUUID() as CommandId,
    correlationId: 'test',
    causationId: 'test',
    actorId: null,
    sessionId: null,
    recordedAt: '2026-01-01T00:00:00.000Z' as Instant,
  },
});
