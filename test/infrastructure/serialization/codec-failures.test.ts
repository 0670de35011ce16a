import { expect } from 'chai';
import { z } from 'zod';
import {
  InvalidEventError,
  UserErasedError,
  UnknownEventError,
  type StoredEvent,
} from '../../../src/application/ports/event-codec.js';
import type { EventId, StreamId } from '../../../src/domain/kernel/ids.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { fact } from '../../support/events.js';
import { ada } from '../../support/ids.js';
import { memoryUserKeys } from '../../support/user-keys.js';
import { eventNumbered } from '../../support/test-codec.js';

const streamId = 'test-1' as StreamId;

class Unliftable extends Error {
  override readonly name = 'Unliftable';
}

/** These errors say everything that an operator learns of an event that was refused or parked. */
describe('What a codec cannot take or read', () => {
  let keys: ReturnType<typeof memoryUserKeys>;
  let codec: ReturnType<typeof createEventCodec>;

  beforeEach(() => {
    keys = memoryUserKeys();
    codec = createEventCodec(
      {
        ...chatEvents,
        Greeted: {
          schema: z.strictObject({ greeting: z.string() }),
          upcasters: [
            () => {
              throw new Unliftable();
            },
          ],
        },
      },
      keys,
    );
  });

  const encode = (of: { type: string; data: object }, changes = {}) =>
    codec.encode([{ streamId, events: [{ ...eventNumbered(0), ...of, ...changes }] }]);
  const decode = (stored: Partial<StoredEvent>) =>
    codec.decode([
      {
        streamId,
        eventId: 'any' as EventId,
        type: 'MessageSent',
        schemaVersion: 1,
        data: '{}',
        metadata: '{}',
        ...stored,
      },
    ]);
  const failureOf = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => expect.fail('it was taken'),
      (error: unknown) => error as Error,
    );

  type Fault = readonly [
    what: string,
    work: () => Promise<unknown>,
    is: new () => Error,
    message: string,
    nameOfCause?: string,
  ];
  const noJson = 'an event of type MessageSent is stored as something that is no JSON';
  const noObject = 'an event of type MessageSent is stored as something that is no object';
  const faults: readonly Fault[] = [
    [
      'data that do not fit',
      () => encode({ type: 'MessageSent', data: {} }),
      InvalidEventError,
      'an event of type MessageSent does not fit its schema',
      'ZodError',
    ],
    [
      'metadata that do not fit',
      () => encode(fact('MessageSent'), { metadata: {} }),
      InvalidEventError,
      "an event's metadata does not fit its schema",
      'ZodError',
    ],
    [
      'a type that it does not know',
      () => encode({ type: 'Unheard', data: {} }),
      UnknownEventError,
      'there is no event of type Unheard',
    ],
    [
      'a version that there is not',
      () => decode({ schemaVersion: 9 }),
      UnknownEventError,
      'there is no version 9 of MessageSent',
    ],
    ['data that are no JSON', () => decode({ data: '{"text":' }), InvalidEventError, noJson, 'SyntaxError'],
    ['metadata that are no JSON', () => decode({ metadata: '{' }), InvalidEventError, noJson, 'SyntaxError'],
    ['data that are a number', () => decode({ data: '1' }), InvalidEventError, noObject],
    ['data that are null', () => decode({ data: 'null' }), InvalidEventError, noObject],
    ['metadata that are null', () => decode({ metadata: 'null' }), InvalidEventError, noObject],
    [
      'data that cannot be lifted',
      () => decode({ type: 'Greeted' }),
      InvalidEventError,
      'version 1 of Greeted cannot be lifted to the newest',
      'Unliftable',
    ],
    [
      'what is sealed by nobody',
      async () => {
        await keys.forWriting([ada]);
        return decode({ schemaVersion: 3, data: JSON.stringify({ senderId: ada, personal: 'A'.repeat(80) }) });
      },
      InvalidEventError,
      'what is sealed in an event of type MessageSent does not open',
      'Error',
    ],
    [
      'what was sealed in a way of later',
      async () => {
        await keys.forWriting([ada]);
        return decode({ schemaVersion: 3, data: JSON.stringify({ senderId: ada, personal: '3.AAAA' }) });
      },
      UnknownEventError,
      'a piece is sealed in a way that this program does not know',
    ],
    [
      'what an erased user says',
      () => {
        keys.forget(ada);
        return encode(fact('MessageSent', { senderId: ada }));
      },
      UserErasedError,
      'this user has been erased',
    ],
  ];
  for (const [what, work, is, message, nameOfCause] of faults)
    it(`is reported with its type and its cause: ${what}`, async () => {
      const failure = await failureOf(work());
      expect(failure).to.be.instanceOf(is).with.property('message', message);
      expect((failure.cause as Error | undefined)?.name).to.equal(nameOfCause);
    });
});
