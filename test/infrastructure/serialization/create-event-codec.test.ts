import { expect } from 'chai';
import { z } from 'zod';
import { InvalidEventError, UnknownEventError } from '../../../src/application/ports/event-codec.js';
import type { EventMetadata, NewEvent } from '../../../src/application/ports/event-store.js';
import type { CommandId, EventId } from '../../../src/domain/kernel/ids.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { eventTypes, fact } from '../../support/events.js';
import { ada, at } from '../../support/people.js';

const codec = createEventCodec(chatEvents);

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
const encode = (of: { type: string; data: object }) => codec.encode(newEvent(of));
const sentWith = (text: string) => fact('MessageSent', { text });

describe('encoding an event', () => {
  for (const type of eventTypes)
    it(`gives back ${type} as it was`, () => {
      const { schemaVersion, ...bytes } = encode(fact(type));
      const decoded = codec.decode(type, schemaVersion, bytes.data.toString(), bytes.metadata.toString());
      expect(decoded).to.deep.equal({ data: fact(type).data, metadata });
    });

  for (const type of eventTypes)
    it(`takes no ${type} that lacks a field or has one too many`, () => {
      const { data } = fact(type);
      expect(() => encode({ type, data: { ...data, extra: 1 } })).to.throw(InvalidEventError);
      for (const missing of Object.keys(data)) {
        const incomplete = Object.fromEntries(Object.entries(data).filter(([name]) => name !== missing));
        expect(() => encode({ type, data: incomplete }), `without ${missing}`).to.throw(InvalidEventError);
      }
    });

  for (const type of eventTypes)
    it(`takes no ${type} with a field of another type`, () => {
      const { data } = fact(type);
      for (const name of Object.keys(data))
        expect(() => encode({ type, data: { ...data, [name]: Symbol(name) } }), name).to.throw(InvalidEventError);
    });

  it('writes the fields in one order, whatever order they came in', () => {
    const { type, data } = fact('MessageSent');
    const reversed = Object.fromEntries(Object.entries(data).reverse());
    expect(encode({ type, data: reversed }).data).to.deep.equal(encode({ type, data }).data);
  });

  it('keeps every text that has a form in UTF-8', () => {
    const text = '"\\\n\t\u0001\u2028 é e\u0301 日本 👩🏽‍🚀 \ufeff\uffff';
    const { data, metadata: encodedMetadata } = encode(sentWith(text));
    const decoded = codec.decode('MessageSent', 1, data.toString(), encodedMetadata.toString());
    expect(decoded.data).to.have.property('text', text);
  });

  for (const [what, text] of [
    ['a high surrogate alone', 'a\ud83d'],
    ['a low surrogate alone', '\ude00b'],
    ['surrogates the wrong way round', '\ude00\ud83d'],
    ['U+0000', 'a\0b'],
  ] as const)
    it(`refuses a text with ${what}`, () => {
      expect(() => encode(sentWith(text))).to.throw(InvalidEventError);
      expect(() => encode(fact('RequestAccepted', { answer: { deep: [{ text }] } }))).to.throw(InvalidEventError);
      expect(() => encode(fact('RequestAccepted', { answer: { [text]: 1 } }))).to.throw(InvalidEventError);
      const tainted = { ...metadata, correlationId: text };
      expect(() => codec.encode(newEvent(fact('MessageSent'), { metadata: tainted }))).to.throw(InvalidEventError);
    });

  for (const [what, value] of [
    ['undefined', undefined],
    ['a date', new Date(0)],
    ['a number without a form in JSON', NaN],
    ['a big integer', 1n],
  ] as const)
    it(`refuses an answer with ${what}, which would come back as something else`, () =>
      expect(() => encode(fact('RequestAccepted', { answer: { value } }))).to.throw(InvalidEventError));

  it('refuses a type that it does not know', () => {
    expect(() => encode({ type: 'NothingKnown', data: {} })).to.throw(UnknownEventError);
    expect(() => encode({ type: 'toString', data: {} })).to.throw(UnknownEventError);
  });

  it('says what is wrong without saying what was in it', () =>
    expect(() => encode(sentWith('my secret\ud83d')))
      .to.throw(InvalidEventError)
      .with.property('message')
      .that.does.not.include('secret'));

  it("gives each event its own command's metadata", () => {
    const other = { ...metadata, correlationId: 'request-2' };
    const written = [metadata, other, metadata].map((of) =>
      codec.encode(newEvent(fact('MessageSent'), { metadata: of })).metadata.toString(),
    );
    expect(written).to.deep.equal([metadata, other, metadata].map((of) => JSON.stringify(of)));
  });
});

/** An event that was a line of text, then two names, then two names and a greeting. */
const lifting = createEventCodec({
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
});

describe('decoding an event', () => {
  const decodeGreeted = (version: number, data: object) =>
    lifting.decode('Greeted', version, JSON.stringify(data), JSON.stringify(metadata)).data;
  const ofToday = { first: 'Ada', last: 'Lovelace', greeting: 'Hello' };

  it('lifts the first version over the second to the third', () =>
    expect(decodeGreeted(1, { name: 'Ada Lovelace' })).to.deep.equal(ofToday));
  it('lifts the second to the third', () =>
    expect(decodeGreeted(2, { first: 'Ada', last: 'Lovelace' })).to.deep.equal(ofToday));
  it('leaves the newest as it is', () =>
    expect(decodeGreeted(3, { ...ofToday, greeting: 'Good day' })).to.deep.equal({ ...ofToday, greeting: 'Good day' }));
  it('writes the newest version', () => {
    expect(lifting.encode(newEvent({ type: 'Greeted', data: ofToday })).schemaVersion).to.equal(3);
    expect(lifting.versions.get('Greeted')).to.equal(3);
  });

  for (const version of [0, -1, 4, 1.5, NaN])
    it(`refuses version ${version}, which there is not`, () =>
      expect(() => decodeGreeted(version, ofToday)).to.throw(UnknownEventError));
  it('refuses a type that it does not know', () =>
    expect(() => codec.decode('Greeted', 1, '{}', '{}')).to.throw(UnknownEventError));
  it('says so when what is stored is no JSON', () =>
    expect(() => codec.decode('MessageSent', 1, '{"text":', '{}')).to.throw(InvalidEventError));
});
