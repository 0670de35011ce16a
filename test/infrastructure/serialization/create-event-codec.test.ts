import { expect } from 'chai';
import { z } from 'zod';
import {
  InvalidEventError,
  UserErasedError,
  UnknownEventError,
  type EncodedEvent,
} from '../../../src/application/ports/event-codec.js';
import type { EventMetadata, NewEvent } from '../../../src/application/ports/event-store.js';
import type { CommandId, EventId, StreamId } from '../../../src/domain/kernel/ids.js';
import type { ChatEventType } from '../../../src/domain/event-catalogue.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { attachmentNumber } from '../../support/attachments.js';
import { eventTypes, fact } from '../../support/events.js';
import { memoryUserKeys } from '../../support/user-keys.js';
import { ada, at, bob } from '../../support/ids.js';

const codec = createEventCodec(chatEvents, memoryUserKeys());

const metadata: EventMetadata = {
  commandId: '01900000-00f0-7000-8000-000000000001' as CommandId,
  correlationId: 'request-1',
  causationId: '01900000-00f0-7000-8000-000000000001',
  actorId: ada,
  sessionId: null,
  recordedAt: at(0),
};

const newEvent = (of: { type: string; data: object }, changes: Partial<NewEvent> = {}): NewEvent => ({
  eventId: 'any' as EventId,
  metadata,
  ...of,
  ...changes,
});
const streamId = 'test-1' as StreamId;
const inStream = (...events: NewEvent[]) => [{ streamId, events }];
const encodeEvent = async (event: NewEvent) => (await codec.encode(inStream(event)))[0]!;
const encode = (of: { type: string; data: object }) => encodeEvent(newEvent(of));
const storedAs = (type: string, { schemaVersion, data, metadata }: EncodedEvent, eventId = 'any' as EventId) => ({
  streamId,
  eventId,
  type,
  schemaVersion,
  data: data.toString(),
  metadata: metadata.toString(),
});
const decode = async (type: string, encoded: EncodedEvent) => (await codec.decode([storedAs(type, encoded)]))[0]!;

/** Answers the error with which a promise fails. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const expectInvalid = async (promise: Promise<unknown>, what = '') =>
  expect(await failureOf(promise), what).to.be.instanceOf(InvalidEventError);
const expectUnknown = async (promise: Promise<unknown>) =>
  expect(await failureOf(promise)).to.be.instanceOf(UnknownEventError);
const sentWith = (text: string) => fact('MessageSent', { text });

describe('encoding an event', () => {
  for (const type of eventTypes)
    it(`gives back ${type} as it was`, async () => {
      const decoded = await decode(type, await encode(fact(type)));
      expect(decoded).to.deep.equal({ data: fact(type).data, metadata });
    });

  for (const type of eventTypes)
    it(`takes no ${type} that lacks a field or has one too many`, async () => {
      const { data } = fact(type);
      await expectInvalid(encode({ type, data: { ...data, extra: 1 } }));
      for (const missing of Object.keys(data)) {
        const incomplete = Object.fromEntries(Object.entries(data).filter(([name]) => name !== missing));
        await expectInvalid(encode({ type, data: incomplete }), `without ${missing}`);
      }
    });

  for (const type of eventTypes)
    it(`takes no ${type} with a field of another type`, async () => {
      const { data } = fact(type);
      for (const name of Object.keys(data))
        await expectInvalid(encode({ type, data: { ...data, [name]: Symbol(name) } }), name);
    });

  it('writes the fields in one order, whatever order they came in', async () => {
    const { type, data } = fact('MessageSent');
    const reversed = Object.fromEntries(Object.entries(data).reverse());
    expect((await encode({ type, data: reversed })).data).to.deep.equal((await encode({ type, data })).data);
  });

  it('keeps every text that has a form in UTF-8', async () => {
    const text = '"\\\n\t\u0001\u2028 é e\u0301 日本 👩🏽‍🚀 \ufeff\uffff';
    const decoded = await decode('MessageSent', await encode(sentWith(text)));
    expect(decoded.data).to.have.property('text', text);
  });

  for (const [what, text] of [
    ['a high surrogate alone', 'a\ud83d'],
    ['a low surrogate alone', '\ude00b'],
    ['surrogates the wrong way round', '\ude00\ud83d'],
    ['U+0000', 'a\0b'],
  ] as const)
    it(`refuses a text with ${what}`, async () => {
      await expectInvalid(encode(sentWith(text)));
      await expectInvalid(encode(fact('RequestAccepted', { answer: { deep: [{ text }] } })));
      await expectInvalid(encode(fact('RequestAccepted', { answer: { [text]: 1 } })));
      const tainted = { ...metadata, correlationId: text };
      await expectInvalid(encodeEvent(newEvent(fact('MessageSent'), { metadata: tainted })));
    });

  for (const [what, value] of [
    ['undefined', undefined],
    ['a date', new Date(0)],
    ['a number without a form in JSON', NaN],
    ['a big integer', 1n],
    ['a zero below zero', -0],
  ] as const)
    it(`refuses an answer with ${what}, which would come back as something else`, () =>
      expectInvalid(encode(fact('RequestAccepted', { answer: { value } }))));

  it('refuses a type that it does not know', async () => {
    await expectUnknown(encode({ type: 'NothingKnown', data: {} }));
    await expectUnknown(encode({ type: 'toString', data: {} }));
  });

  it('says what is wrong without saying what was in it', async () =>
    expect(await failureOf(encode(sentWith('my secret\ud83d'))))
      .to.be.instanceOf(InvalidEventError)
      .with.property('message')
      .that.does.not.include('secret'));

  it("gives each event its own command's metadata", async () => {
    const other = { ...metadata, correlationId: 'request-2' };
    const encoded = await codec.encode(
      inStream(...[metadata, other, metadata].map((of) => newEvent(fact('MessageSent'), { metadata: of }))),
    );
    const written = encoded.map((each) => each.metadata.toString());
    expect(written).to.deep.equal([metadata, other, metadata].map((of) => JSON.stringify(of)));
  });
});

/** Makes a codec of an event that was first a line of text, then two names, then two names and a greeting. */
const lifting = createEventCodec(
  {
    Greeted: {
      schema: z.strictObject({ first: z.string(), last: z.string(), greeting: z.string() }),
      upcasters: [
        ({ name }: { name: string }) => {
          const [first = '', last = ''] = name.split(' ');
          return { first, last };
        },
        (names: object) => ({ ...names, greeting: 'Hello' }),
      ],
    },
  },
  memoryUserKeys(),
);

describe('decoding an event', () => {
  const stored = (type: string, schemaVersion: number, data: string) => ({
    streamId,
    eventId: 'any' as EventId,
    type,
    schemaVersion,
    data,
    metadata: JSON.stringify(metadata),
  });
  const decodeGreeted = async (version: number, data: object) =>
    (await lifting.decode([stored('Greeted', version, JSON.stringify(data))]))[0]!.data;
  const ofToday = { first: 'Ada', last: 'Lovelace', greeting: 'Hello' };

  it('lifts the first version over the second to the third', async () =>
    expect(await decodeGreeted(1, { name: 'Ada Lovelace' })).to.deep.equal(ofToday));
  it('lifts the second to the third', async () =>
    expect(await decodeGreeted(2, { first: 'Ada', last: 'Lovelace' })).to.deep.equal(ofToday));
  it('leaves the newest as it is', async () =>
    expect(await decodeGreeted(3, { ...ofToday, greeting: 'Good day' })).to.deep.equal({
      ...ofToday,
      greeting: 'Good day',
    }));
  it('writes the newest version', async () => {
    expect((await lifting.encode(inStream(newEvent({ type: 'Greeted', data: ofToday }))))[0]!.schemaVersion).to.equal(
      3,
    );
    expect(lifting.versions.get('Greeted')).to.equal(3);
  });

  for (const version of [0, -1, 4, 1.5, NaN])
    it(`refuses version ${version}, which there is not`, () => expectUnknown(decodeGreeted(version, ofToday)));
  it('refuses a type that it does not know', () => expectUnknown(codec.decode([stored('Greeted', 1, '{}')])));
  it('says so when what is stored is no JSON', () =>
    expectInvalid(codec.decode([stored('MessageSent', 1, '{"text":')])));
});

describe('what is personal in an event', () => {
  let keys: ReturnType<typeof memoryUserKeys>;
  let sealing: ReturnType<typeof createEventCodec>;

  beforeEach(() => {
    keys = memoryUserKeys();
    sealing = createEventCodec(chatEvents, keys);
  });

  const stored = async (of: { type: string; data: object }, eventId = 'any' as EventId) => {
    const [encoded] = (await sealing.encode(inStream(newEvent(of, { eventId })))) as [EncodedEvent];
    return storedAs(of.type, encoded, eventId);
  };
  const personal = [
    fact('UserRegistered'),
    fact('PasswordChanged'),
    fact('ProfileChanged'),
    fact('SessionStarted'),
    fact('ConversationStarted'),
    fact('ConversationRenamed'),
    fact('MessageSent'),
    fact('MessageSent', { attachments: [attachmentNumber(1)] }),
    fact('RequestAccepted', { answer: {} }),
    fact('UsernameClaimed'),
    fact('EmailClaimed'),
  ];
  const valuesOf = ({ type, data }: { type: ChatEventType; data: object }) =>
    Object.entries(data).filter(([field]) => Object.hasOwn(chatEvents[type].personal?.erased ?? {}, field));

  /** As it would stand in the bytes. */
  const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

  /** An event of an erased user: what has no value then is left out. */
  const shownErased = ({ type, data }: { type: ChatEventType; data: object }) =>
    Object.fromEntries(
      Object.entries({ ...data, ...chatEvents[type].personal?.erased }).filter(([, value]) => value !== undefined),
    );

  for (const event of personal)
    it(`is not to be seen in the bytes of ${event.type}, and comes back`, async () => {
      const bytes = await stored(event);
      for (const [field, value] of valuesOf(event)) expect(bytes.data, field).not.to.include(plain(value));
      const [decoded] = await sealing.decode([bytes]);
      expect(decoded?.data).to.deep.equal(event.data);
    });

  it('is not to be seen of the files that a message carries', async () =>
    expect((await stored(fact('MessageSent', { attachments: [attachmentNumber(1)] }))).data).not.to.include('file 1'));

  it('is the same bytes each time, so that a repeated append is recognised', async () =>
    expect(await stored(fact('MessageSent'))).to.deep.equal(await stored(fact('MessageSent'))));

  /*
   * A sealed field was bound to the type of its event alone: anybody who could write to the table could swap the texts
   * of two messages of one user, and every reader showed each under the time and conversation of the other.
   */
  describe('that was taken to another event', () => {
    const refuse = async (event: Awaited<ReturnType<typeof stored>>) => expectInvalid(sealing.decode([event]));

    for (const event of personal)
      it(`is refused of ${event.type}, of the same user and type though they are`, async () => {
        const [first, second] = [await stored(event, 'e1' as EventId), await stored(event, 'e2' as EventId)];
        expect((await sealing.decode([first, second])).map(({ data }) => data)).to.deep.equal([event.data, event.data]);
        await refuse({ ...first, data: second.data });
        await refuse({ ...second, data: first.data });
      });

    it('is refused in another stream', async () =>
      refuse({ ...(await stored(fact('MessageSent'))), streamId: 'test-2' as StreamId }));

    it('is refused as of another version of its type', async () => {
      const event = await stored(fact('MessageSent'));
      expect(event.schemaVersion).to.equal(3);
      await refuse({ ...event, schemaVersion: 2 });
    });
  });

  it('is stored as it is where there is nothing to hide', async () => {
    const direct = fact('ConversationStarted', { kind: 'direct', title: null });
    expect((await stored(direct)).data).to.include('"title":null');
  });

  it('is shown as erased once the key is gone; what is not personal stays', async () => {
    const kept = await Promise.all(personal.map((event) => stored(event)));
    keys.forget(ada);
    const decoded = await sealing.decode(kept);
    personal.forEach((event, index) => {
      expect(decoded[index]?.data, event.type).to.deep.equal({ ...shownErased(event) });
    });
  });

  it('of somebody who was erased is not sealed any more', async () => {
    keys.forget(ada);
    expect(await failureOf(sealing.encode(inStream(newEvent(fact('MessageSent')))))).to.be.instanceOf(UserErasedError);
  });

  it('that was changed is not read as something else', async () => {
    const event = await stored(fact('MessageSent', { senderId: bob }));
    const tampered = event.data.replace(
      /"personal":"2\.(.)/,
      (_, first: string) => `"personal":"2.${first === 'A' ? 'B' : 'A'}`,
    );
    await expectInvalid(sealing.decode([{ ...event, data: tampered }]));
  });
});
