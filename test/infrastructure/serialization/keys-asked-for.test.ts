import { expect } from 'chai';
import type { StoredEvent } from '../../../src/application/ports/event-codec.js';
import type { NewEvent } from '../../../src/application/ports/event-store.js';
import type { StreamId } from '../../../src/domain/kernel/ids.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import type { KeyOwner, UserKeySource } from '../../../src/infrastructure/serialization/sealing.js';
import { fact } from '../../support/events.js';
import { ada, bob } from '../../support/ids.js';
import { memoryUserKeys } from '../../support/user-keys.js';
import { eventNumbered } from '../../support/test-codec.js';

const streamId = 'test-1' as StreamId;
const ofNobody = fact('EmailVerified');
const byAda = fact('MessageSent', { senderId: ada });
const byBob = fact('MessageSent', { senderId: bob });

describe('The keys that a codec asks for', () => {
  let keys: ReturnType<typeof memoryUserKeys>;
  /** The keys that the source was asked for because they were not remembered. */
  let asked: string[];
  let isAtHand: boolean;

  beforeEach(() => {
    keys = memoryUserKeys();
    asked = [];
    isAtHand = false;
  });

  const telling = (what: string, lookup: readonly KeyOwner[]) => asked.push(`${what} ${lookup.join(' ')}`);
  const source: UserKeySource = {
    peek: (holder) => (isAtHand ? keys.peek(holder) : undefined),
    forReading: (holders) => {
      telling('reading', holders);
      return keys.forReading(holders);
    },
    forWriting: (userIds) => {
      telling('writing', userIds);
      return keys.forWriting(userIds);
    },
  };
  const codec = () => createEventCodec(chatEvents, source);
  const events = [ofNobody, byAda, byBob, byAda].map((of, n): NewEvent => ({ ...eventNumbered(n), ...of }));
  const stored = async (): Promise<StoredEvent[]> => {
    const encoded = await codec().encode([{ streamId, events }]);
    return encoded.map(({ schemaVersion, data, metadata }, n) => {
      const { eventId, type } = events[n]!;
      return { streamId, eventId, type, schemaVersion, data: data.toString(), metadata: metadata.toString() };
    });
  };

  it('are those of each user once, all together', async () => {
    const written = await stored();
    expect(asked).to.deep.equal([`writing ${ada} ${bob}`]);
    asked = [];
    const read = await codec().decode(written);
    expect(asked).to.deep.equal([`reading ${ada} ${bob}`]);
    expect(read.map(({ data }) => data)).to.deep.equal(events.map(({ data }) => data));
  });

  it('are none where all are in memory', async () => {
    await keys.forWriting([ada, bob]);
    isAtHand = true;
    const read = await codec().decode(await stored());
    expect(read.map(({ data }) => data)).to.deep.equal(events.map(({ data }) => data));
    expect(asked).to.deep.equal([]);
  });

  it('are all of them where one is not in memory', async () => {
    await keys.forWriting([ada]);
    isAtHand = true;
    await stored();
    expect(asked).to.deep.equal([`writing ${ada} ${bob}`]);
  });

  it('are none where nothing is sealed', async () => {
    await codec().encode([{ streamId, events: events.slice(0, 1) }]);
    expect(asked).to.deep.equal([]);
  });
});

describe('A codec', () => {
  it('knows the newest version of every type', () => {
    const { versions } = createEventCodec(chatEvents, memoryUserKeys());
    expect([...versions.keys()]).to.have.members(Object.keys(chatEvents));
    expect(versions.get('MessageSent')).to.equal(3);
    expect(versions.get('MessageRead')).to.equal(1);
  });

  it("makes the bytes of a command's metadata once", async () => {
    const { metadata } = eventNumbered(0);
    const events = [0, 1].map((n) => ({ ...eventNumbered(n), ...fact('EmailVerified'), metadata }));
    const [first, second] = await createEventCodec(chatEvents, memoryUserKeys()).encode([{ streamId, events }]);
    expect(second?.metadata).to.equal(first?.metadata);
  });
});
