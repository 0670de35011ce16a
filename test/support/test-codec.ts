import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { InvalidEventError, type EventCodec } from '../../src/application/ports/event-codec.js';
import type { NewEvent, RecordedEvent } from '../../src/application/ports/event-store.js';
import type { CommandId, EventId, Instant } from '../../src/domain/kernel/ids.js';
import { chatEvents } from '../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../src/infrastructure/serialization/create-event-codec.js';
import { fact } from './events.js';
import { memoryUserKeys } from './user-keys.js';

/** It holds any text: a log keeps bytes, and accepts what a column of a read model cannot hold. */
const answer = z.strictObject({ n: z.number(), note: z.string().optional() });
const anyText = z.strictObject({ userId: z.null(), fingerprint: z.null(), answer, acceptedAt: z.string() });
const codec = createEventCodec(
  { ...chatEvents, RequestAccepted: { ...chatEvents.RequestAccepted, schema: anyText } },
  memoryUserKeys(),
);

/**
 * A codec for tests of the log itself. It is the server's own, except that a stored `EmailVerified` cannot be decoded.
 */
export const testCodec: EventCodec = {
  ...codec,
  decode: async (stored) => {
    if (stored.some(({ type }) => type === 'EmailVerified')) throw new InvalidEventError('it is spoiled');
    return codec.decode(stored);
  },
};

/** Makes an event that holds a number, a text if one is wanted, and nothing personal. */
export const plain = (n: number, note?: string) =>
  fact('RequestAccepted', { userId: null, fingerprint: null, answer: note === undefined ? { n } : { n, note } });

/** Events that differ by a number. The last one cannot be decoded, and holds no number. */
const numbered = {
  RequestAccepted: (n: number) => plain(n),
  SessionRefreshed: (n: number) => fact('SessionRefreshed', { epoch: n }),
  EmailVerified: () => fact('EmailVerified'),
};

export const eventNumbered = (n: number, type: keyof typeof numbered = 'RequestAccepted') => ({
  eventId: randomUUID() as EventId,
  metadata: {
    commandId: randomUUID() as CommandId,
    correlationId: 'test',
    causationId: 'test',
    actorId: null,
    sessionId: null,
    recordedAt: '2026-01-01T00:00:00.000Z' as Instant,
  } satisfies NewEvent['metadata'],
  ...numbered[type](n),
});

/** Answers the number of such an event. */
export const numberOf = ({ type, data }: RecordedEvent): number => {
  if (type === 'RequestAccepted') return data.answer['n'] as number;
  return type === 'SessionRefreshed' ? data.epoch : NaN;
};
