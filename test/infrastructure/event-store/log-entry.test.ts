import { expect } from 'chai';
import {
  InvalidEventError,
  KeyUnavailableError,
  UnknownEventError,
  type EventCodec,
  type StoredEvent,
} from '../../../src/application/ports/event-codec.js';
import type { EventHeader } from '../../../src/application/ports/event-store.js';
import { decodeEntries } from '../../../src/infrastructure/event-store/log-entry.js';
import { recordedAt } from '../../support/recorded-event.js';
import { testCodec } from '../../support/test-codec.js';

const events = [1, 2, 3].map(recordedAt);
const headers = (): EventHeader[] => events.map(({ data: _, metadata: __, ...header }) => ({ ...header }));
const stored = events.map(({ position: _, revision: __, data, metadata, ...header }): StoredEvent => ({
  ...header,
  data: JSON.stringify(data),
  metadata: JSON.stringify(metadata),
}));

/** Makes a codec that fails on every value of the second event. */
const failingWith = (error: Error): EventCodec => ({
  ...testCodec,
  decode: async (given) => {
    if (given.some(({ eventId }) => eventId === events[1]?.eventId)) throw error;
    return testCodec.decode(given);
  },
});

describe('decodeEntries', () => {
  for (const error of [new InvalidEventError('it is spoiled'), new UnknownEventError('it is of the future')])
    it(`sets one event aside by a ${error.name}, and decodes the others`, async () => {
      expect(await decodeEntries(failingWith(error), headers(), stored)).to.deep.equal([
        events[0],
        { ...headers()[1], reason: error.message },
        events[2],
      ]);
    });

  it('sets nothing aside that may be decoded another time', async () => {
    const error = new KeyUnavailableError('of another node');
    const caught: unknown = await decodeEntries(failingWith(error), headers(), stored).catch(
      (raised: unknown) => raised,
    );
    expect(caught).to.equal(error);
  });
});
