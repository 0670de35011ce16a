import { expect } from 'chai';
import { remember } from '../../../src/application/kernel/remembered.js';
import type { EventStore, ReadStreamOptions } from '../../../src/application/ports/event-store.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import type { ConversationState } from '../../../src/domain/conversations/state.js';
import type { ConversationId, StreamId } from '../../../src/domain/kernel/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { collect } from '../../contracts/store-steps.js';
import { eventNumbered } from '../../support/test-codec.js';
import { fact } from '../../support/events.js';
import { conversationNumber, cleo, eve } from '../../support/ids.js';
import { memoryUserKeys } from '../../support/user-keys.js';

const first = conversationNumber(1);
const isAnything = () => true;

describe('What is remembered of a stream', () => {
  let log: EventStore;
  /** The revision from which each reading began. */
  let readings: number[];
  let eventsRead: number;
  /** The promise for which a reading waits after it has asked the log. */
  let hold: Promise<void>;

  const append = (conversationId: ConversationId, ...facts: readonly { type: string; data: object }[]) =>
    log.append({
      streams: [
        {
          streamId: `conversation-${conversationId}` as StreamId,
          expected: 'any',
          events: facts.map(({ type, data }) => ({ ...eventNumbered(0), type, data })),
        },
      ],
    });
  const start = (conversationId: ConversationId) => append(conversationId, fact('ConversationStarted'));
  const join = (conversationId: ConversationId, userId = cleo) =>
    append(conversationId, fact('MemberAdded', { userId }));
  const hasMember =
    (userId = cleo) =>
    (state: ConversationState): boolean =>
      state.status === 'started' && state.members.has(userId);

  const watched = {
    async *readStream(streamId: StreamId, options: ReadStreamOptions): ReturnType<EventStore['readStream']> {
      const held = hold;
      readings.push(options.from ?? 0);
      const events = await collect(log.readStream(streamId, options));
      await held;
      eventsRead += events.length;
      yield* events;
    },
  } as EventStore;
  const remembering = (kept = 100) =>
    remember<ConversationId, never, never, ConversationState>(watched, conversation as never, {
      most: kept,
      weightOf: (state) => (state.status === 'started' ? state.members.size / 2 : 0),
    });

  beforeEach(async () => {
    log = createMemoryEventStore(createEventCodec(chatEvents, memoryUserKeys()));
    readings = [];
    eventsRead = 0;
    hold = Promise.resolve();
    await start(first);
  });

  it('is asked for what follows, and folds nothing where it is current', async () => {
    const conversations = remembering();
    const loaded = await conversations.current(first);
    expect(eventsRead).to.equal(1);
    const again = await conversations.current(first);
    expect(again).to.deep.equal(loaded);
    expect(again.state).to.equal(loaded.state);
    expect(readings).to.deep.equal([0, 1]);
    expect(eventsRead).to.equal(1);
  });

  it('goes on with what was appended since, and leaves what was answered before as it was', async () => {
    const conversations = remembering();
    const before = await conversations.current(first);
    expect(before).to.include({ revision: 0, firstPosition: '1', lastPosition: '1' });
    await join(first);
    const after = await conversations.current(first);
    expect(after).to.include({ revision: 1, firstPosition: before.firstPosition, lastPosition: '2' });
    expect(hasMember()(after.state)).to.equal(true);
    expect(hasMember()(before.state)).to.equal(false);
    expect(readings).to.deep.equal([0, 1]);
  });

  it('is given without a reading where it is enough, and refuses nothing by itself', async () => {
    const conversations = remembering();
    await conversations.find(first, isAnything);
    await join(first);
    expect((await conversations.find(first, isAnything)).revision).to.equal(0);
    expect(readings).to.have.length(1);
    expect((await conversations.find(first, hasMember())).revision).to.equal(1);
    expect((await conversations.find(first, hasMember(eve))).revision).to.equal(1);
    expect(readings).to.deep.equal([0, 1, 2]);
  });

  it('is read again from the second attempt on', async () => {
    const conversations = remembering();
    await conversations.find(first, isAnything);
    await join(first);
    expect((await conversations.find(first, isAnything, 1)).revision).to.equal(1);
  });

  it('is read twice for 300 who ask at once: by the first of them, and once for all others', async () => {
    const conversations = remembering();
    const found = await Promise.all(Array.from({ length: 300 }, () => conversations.current(first)));
    expect(new Set(found.map(({ revision }) => revision))).to.deep.equal(new Set([0]));
    expect(readings).to.deep.equal([0, 1]);
  });

  it('is read again for somebody who asks while an older reading is under way', async () => {
    const conversations = remembering();
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => (release = resolve));
    const early = conversations.current(first);
    const late = join(first).then(() => conversations.current(first));
    const refusing = join(first, eve).then(() => conversations.find(first, hasMember(eve)));
    await join(first);
    release();
    expect((await early).revision).to.equal(0);
    expect(hasMember()((await late).state)).to.equal(true);
    expect(hasMember(eve)((await refusing).state)).to.equal(true);
  });

  it('lets those who wait for the first reading go on in the order in which they came', async () => {
    const conversations = remembering();
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        await conversations.find(first, isAnything);
        order.push(n);
      }),
    );
    expect(order).to.deep.equal(Array.from({ length: 20 }, (_, n) => n));
    expect(readings).to.have.length(1);
  });

  it('is read from its start after it was forgotten, be it in the middle of a reading', async () => {
    const conversations = remembering();
    await conversations.current(first);
    conversations.forget(first);
    const underWay = conversations.current(first);
    conversations.forget(first);
    await underWay;
    await conversations.find(first, isAnything);
    expect(readings).to.deep.equal([0, 0, 0]);
  });

  it('is what was read last, where a reading from before it was forgotten ends in the middle of the next', async () => {
    const conversations = remembering();
    const releases: (() => void)[] = [];
    const begin = () => {
      hold = new Promise((resolve) => releases.push(resolve));
      return conversations.current(first);
    };
    const early = begin();
    conversations.forget(first);
    const late = begin();
    releases[0]?.();
    await early;
    releases[1]?.();
    await late;
    expect(await conversations.find(first, isAnything)).to.equal(await late);
    expect(readings).to.deep.equal([0, 0]);
  });

  it('is read once for those who know it and find it not enough, while it is read', async () => {
    const conversations = remembering();
    await conversations.current(first);
    await join(first);
    const found = await Promise.all([
      conversations.find(first, hasMember()),
      conversations.find(first, hasMember()),
      conversations.find(first, hasMember()),
    ]);
    expect(found.map(({ revision }) => revision)).to.deep.equal([1, 1, 1]);
    expect(readings).to.deep.equal([0, 1]);
  });

  it('keeps nothing of a stream that is absent', async () => {
    const conversations = remembering();
    const absent = conversationNumber(2);
    expect(await conversations.find(absent, hasMember())).to.include({ revision: 'no stream' });
    await start(absent);
    expect(await conversations.find(absent, isAnything)).to.include({ revision: 0 });
    expect(readings).to.deep.equal([0, 0]);
  });

  it('holds so many, and lets go of the one that was read longest ago', async () => {
    const conversations = remembering(2);
    const ids = [1, 2, 3].map(conversationNumber);
    for (const id of ids.slice(1)) await start(id);
    for (const id of [...ids.slice(0, 2), ids[0]!, ids[2]!]) await conversations.current(id);
    readings.length = 0;
    await conversations.find(ids[0]!, isAnything);
    await conversations.find(ids[2]!, isAnything);
    expect(readings).to.deep.equal([]);
    await conversations.find(ids[1]!, isAnything);
    expect(readings).to.deep.equal([0]);
  });

  it('weighs what it is by now, where it has grown', async () => {
    const conversations = remembering(3);
    const [small, other] = [conversationNumber(2), conversationNumber(3)];
    for (const id of [small, other]) await start(id);
    for (const id of [first, small, other]) await conversations.current(id); // each has two members, and all are kept
    await join(other);
    await conversations.current(other); // this one has three members, so that the first is dropped
    readings.length = 0;
    await conversations.find(small, isAnything);
    expect(readings).to.deep.equal([]);
    await conversations.find(first, isAnything);
    expect(readings).to.deep.equal([0]);
  });

  it('passes the failure of a reading to all who wait for it, and is read anew for the next', async () => {
    const conversations = remembering();
    hold = Promise.reject(new Error('no connection'));
    const failed = await Promise.allSettled([
      conversations.find(first, isAnything),
      conversations.find(first, isAnything),
      conversations.current(first),
    ]);
    expect(failed.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected']);
    hold = Promise.resolve();
    expect(await conversations.current(first)).to.include({ revision: 0 });
  });
});
