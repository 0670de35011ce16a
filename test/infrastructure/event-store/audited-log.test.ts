import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { RawBatch } from '../../../src/application/ports/raw-log.js';
import type { StoredLog } from '../../../src/infrastructure/event-store/stored-log.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { createAuditedLog } from '../../../src/infrastructure/event-store/audited-log.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { InvalidEventError, type EventCodec } from '../../../src/application/ports/event-codec.js';
import { streamOf, type Position, type StreamId } from '../../../src/domain/kernel/ids.js';
import { fact } from '../../support/events.js';
import { conversationNumber, mediaNumber, messageNumber } from '../../support/ids.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';
import { memoryUserKeys } from '../../support/user-keys.js';

const EMPTY: RawBatch = { after: LOG_START, events: [], position: LOG_START, passed: 0, caughtUp: true };
const SILENCE_MS = 50;

describe('The log as auditors follow it', () => {
  // PostgreSQL is looked at every second, and each look began the silence anew: so nothing ever came to the reader, and nobody
  // asked again whether they might still read.
  it('says that all is well while there are looks at a log in which nothing comes', async () => {
    const ending = new AbortController();
    let looks = 0;
    const subscribe = async function* () {
      for (; !ending.signal.aborted; looks += 1) {
        await nextTurn();
        yield EMPTY;
      }
    };
    const events = { raw: { subscribe } } as unknown as StoredLog;
    const log = createAuditedLog({ events, codec: testCodec, silenceMs: SILENCE_MS });
    for await (const batch of log.follow(LOG_START, ending.signal)) {
      expect(batch.events).to.deep.equal([]);
      expect(looks).to.be.greaterThan(1);
      ending.abort();
    }
    expect(ending.signal.aborted).to.equal(true);
  });

  // A file names its message and no conversation. Where what the message says could not be decoded, the file could not be shown, and with it
  // no page of events, no export and no index of subjects that it is in.
  it('says of which conversation a file is whose message cannot be decoded', async () => {
    const sound = createEventCodec(chatEvents, memoryUserKeys());
    const codec: EventCodec = {
      ...sound,
      decode: async (stored) => {
        if (stored.some(({ type }) => type === 'MessageSent')) throw new InvalidEventError('it is spoiled');
        return sound.decode(stored);
      },
    };
    const store = createMemoryEventStore(codec);
    const streams: (readonly [StreamId, ReturnType<typeof fact>])[] = [
      [streamOf('message', messageNumber(1)), fact('MessageSent')],
      [streamOf('media', mediaNumber(1)), fact('MediaAttached')],
    ];
    for (const [streamId, event] of streams)
      await store.append({ streams: [{ streamId, expected: 'any', events: [{ ...eventNumbered(0), ...event }] }] });
    const log = createAuditedLog({ events: store, codec });
    const shown = await log.first({ after: LOG_START, upTo: '9' as Position }, 9);
    expect(shown.map(({ data, conversationId }) => [data === null, conversationId])).to.deep.equal([
      [true, conversationNumber(1)],
      [false, conversationNumber(1)],
    ]);
  });

  // 50,000 events that were asked for at once kept everybody else waiting until all of them were decoded.
  it('lets others have their turn while many events are decoded', async () => {
    const codec = createEventCodec(chatEvents, memoryUserKeys());
    const store = createMemoryEventStore(codec);
    const events = Array.from({ length: 1_000 }, (_, n) => ({ ...eventNumbered(n), ...fact('MessageEdited') }));
    await store.append({ streams: [{ streamId: streamOf('message', messageNumber(1)), expected: 'any', events }] });
    const log = createAuditedLog({ events: store, codec });
    let turns = 0;
    const over = new AbortController();
    const others = (async () => {
      for (; !over.signal.aborted; turns += 1) await nextTurn();
    })();
    const shown = await log.stream(streamOf('message', messageNumber(1)), { from: 0, limit: 1_000 });
    over.abort();
    await others;
    expect(shown.map(({ position }) => Number(position))).to.deep.equal(events.map((_, n) => n + 1));
    expect(turns).to.be.at.least(3);
  });
});
