import { expect } from 'chai';
import fc from 'fast-check';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import { MessageOrdinals } from '../../../src/application/push/message-ordinals.js';
import type { MessageId } from '../../../src/domain/kernel/ids.js';
import { fact } from '../../support/events.js';
import { conversationNumber, messageNumber } from '../../support/ids.js';
import { recorded } from '../../support/projections.js';

const MINUTE_MS = 60_000;

const sent = (message: number, conversation = 1) =>
  fact('MessageSent', { messageId: messageNumber(message), conversationId: conversationNumber(conversation) });

/**
 * Makes a log of messages in conversations, the n-th message sent at position n, with what the projection makes of it.
 */
const scene = (most?: { conversations: number; messages: number }) => {
  const inLog: RecordedEvent[] = [];
  const parked = new Set<MessageId>();
  const asked: MessageId[][] = [];
  let time = 0;
  const truth = () => {
    const last = new Map<string, number>();
    return new Map(
      inLog.flatMap((event): [MessageId, number][] => {
        if (event.type !== 'MessageSent' || parked.has(event.data.messageId)) return [];
        const seq = (last.get(event.data.conversationId) ?? 0) + 1;
        last.set(event.data.conversationId, seq);
        return [[event.data.messageId, seq]];
      }),
    );
  };
  const ordinals = new MessageOrdinals({
    projected: {
      sequences: async (messageIds) => {
        asked.push([...messageIds]);
        const all = truth();
        return new Map([...all].filter(([messageId]) => messageIds.includes(messageId)));
      },
    },
    now: () => time,
    ...(most && { most }),
  });
  const append = (...conversations: readonly number[]): readonly RecordedEvent[] => {
    const facts = conversations.map((conversation, n) => sent(inLog.length + n + 1, conversation));
    const batch = recorded(facts, inLog.length);
    inLog.push(...batch);
    return batch;
  };
  const of = async (...messages: readonly number[]) => {
    const found = await ordinals.sequences(messages.map(messageNumber));
    return messages.map((message) => found.get(messageNumber(message)));
  };
  return { ordinals, asked, parked, append, of, truth, wait: (milliseconds: number) => (time += milliseconds) };
};

describe('The ordinals of messages', () => {
  it('are read for the first messages of a conversation, and counted from there on', async () => {
    const { ordinals, asked, append, of } = scene();
    append(1, 2, 1); // nobody followed before this
    ordinals.count(append(1, 2));
    expect(await of(4, 5)).to.deep.equal([3, 2]);
    expect(asked).to.deep.equal([[4, 5].map(messageNumber)]);
    ordinals.count(append(1, 1, 2));
    expect([6, 7, 8].map((n) => ordinals.isKnown(messageNumber(n)))).to.deep.equal([true, true, true]);
    expect(await of(6, 7, 8)).to.deep.equal([4, 5, 3]);
    expect(asked).to.have.length(1);
  });

  it('are counted once where a batch comes again', async () => {
    const { ordinals, append, of } = scene();
    ordinals.count(append(1));
    await of(1);
    const batch = append(1, 1);
    ordinals.count(batch);
    ordinals.count(batch);
    expect(await of(2, 3)).to.deep.equal([2, 3]);
    ordinals.count(append(1));
    expect(await of(4)).to.deep.equal([4]);
  });

  it('are not known of a conversation that nobody has asked for', async () => {
    const { ordinals, append, of } = scene();
    ordinals.count(append(1));
    ordinals.count(append(1));
    expect(ordinals.isKnown(messageNumber(2))).to.equal(false);
    expect(await of(2)).to.deep.equal([2]);
  });

  it('are read anew from the next batch on once the read model gives others, those that were known too', async () => {
    const { ordinals, parked, append, of } = scene();
    ordinals.count(append(1));
    await of(1);
    ordinals.count(append(1, 1));
    parked.add(messageNumber(2));
    ordinals.forget();
    expect(await of(3), 'the batch was let go with it').to.deep.equal([3]);
    ordinals.count(append(1));
    expect([3, 4].map((n) => ordinals.isKnown(messageNumber(n)))).to.deep.equal([false, false]);
    expect(await of(3, 4)).to.deep.equal([2, 3]);
    ordinals.count(append(1));
    expect(await of(5)).to.deep.equal([4]);
  });

  it('are read anew after a minute, and then leave out what could not be projected', async () => {
    const { ordinals, asked, parked, append, of, wait } = scene();
    ordinals.count(append(1));
    await of(1);
    const spoiled = append(1);
    parked.add(messageNumber(2));
    ordinals.count(spoiled);
    expect(await of(2), 'it was told before it was parked').to.deep.equal([2]);
    wait(MINUTE_MS);
    ordinals.count(append(1));
    expect(asked, 'a minute has not gone by').to.have.length(1);
    wait(1);
    ordinals.count(append(1));
    expect(ordinals.isKnown(messageNumber(4))).to.equal(false);
    expect(await of(4)).to.deep.equal([3]);
    ordinals.count(append(1));
    expect(await of(5)).to.deep.equal([4]);
  });

  it('stay unknown where the read model does not tell them', async () => {
    const { ordinals, parked, append, of } = scene();
    parked.add(messageNumber(1));
    ordinals.count(append(1));
    expect(await of(1)).to.deep.equal([undefined]);
    ordinals.count(append(1));
    expect(await of(2)).to.deep.equal([1]);
  });

  it('are those of the projection, whatever is asked for, comes again, is left out or forgotten', async () => {
    const steps = fc.array(
      fc.record({
        conversations: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
        isFollowed: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        times: fc.integer({ min: 1, max: 2 }),
        fails: fc.boolean(),
        waits: fc.constantFrom(0, MINUTE_MS / 2, MINUTE_MS),
      }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (script, room) => {
        const { ordinals, append, of, truth, wait } = scene({ conversations: room, messages: room });
        for (const { conversations, isFollowed, times, fails, waits } of script) {
          wait(waits);
          const batch = append(...conversations);
          const wanted = batch.flatMap(({ position }, n) =>
            isFollowed[(conversations[n] ?? 1) - 1] ? [Number(position)] : [],
          );
          for (let n = 0; n < times; n += 1) {
            ordinals.count(batch);
            if (fails && n + 1 < times) continue; // this try ended before anything was looked up
            const all = truth();
            expect(await of(...wanted)).to.deep.equal(wanted.map((message) => all.get(messageNumber(message))));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
