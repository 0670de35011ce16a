import { expect } from 'chai';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import type { EventPlace } from '../../src/application/ports/past-index.js';
import { streamOf, type Instant, type StreamId, type UserId } from '../../src/domain/kernel/ids.js';
import { reactionsId } from '../../src/domain/reactions/decider.js';
import { fact } from '../support/events.js';
import { ada, at, bob, cleo, conversationNumber, messageNumber, positionOf } from '../support/ids.js';
import { recorded, type Fact } from '../support/projections.js';
import type { IndexUnderTest } from './audit-index.js';

type Placed = Fact & { readonly stream: StreamId; readonly actor: UserId; readonly at: Instant };

const HOUR = 3_600;
const [one, two] = [conversationNumber(1), conversationNumber(2)];
const messageStream = (n: number) => streamOf('message', messageNumber(n));
const reactionStream = (n: number, userId: UserId) => streamOf('reaction', reactionsId(messageNumber(n), userId));
const placed = (what: Fact, stream: StreamId, actor: UserId, seconds: number): Placed => ({
  ...what,
  stream,
  actor,
  at: at(seconds),
});
const sent = (n: number, conversationId: typeof one, senderId: UserId, seconds: number) =>
  placed(
    fact('MessageSent', { messageId: messageNumber(n), conversationId, senderId }),
    messageStream(n),
    senderId,
    seconds,
  );
const reacted = (n: number, userId: UserId, seconds: number) =>
  placed(
    fact('ReactionAdded', { messageId: messageNumber(n), conversationId: one, userId }),
    reactionStream(n, userId),
    userId,
    seconds,
  );

/** What has happened, in the order of the log. The fifth event is recorded by a clock that is behind. */
const history: readonly Placed[] = [
  placed(fact('ConversationStarted', { conversationId: one }), streamOf('conversation', one), ada, 0),
  sent(1, one, ada, 10),
  sent(2, two, bob, 20),
  sent(3, one, bob, 30),
  reacted(1, cleo, 25),
  reacted(3, cleo, 40),
  sent(4, one, ada, 2 * HOUR),
  reacted(1, bob, 26 * HOUR),
  placed(
    fact('MessageDeleted', { messageId: messageNumber(1), conversationId: one }),
    messageStream(1),
    ada,
    26 * HOUR + 1,
  ),
  placed(
    fact('MemberAdded', { conversationId: one, userId: cleo, addedBy: ada }),
    streamOf('conversation', one),
    ada,
    28 * HOUR,
  ),
];

const events: readonly RecordedEvent[] = recorded(history).map((event, n) => {
  const { stream, actor, at: recordedAt } = history[n] as Placed;
  return { ...event, streamId: stream, metadata: { actorId: actor, recordedAt } } as RecordedEvent;
});

const END = positionOf(events.length);
const positionsOf = (places: readonly { readonly position: string }[]) =>
  places.map(({ position }) => Number(position));
const place = (n: number, message: number) => ({ position: positionOf(n), messageId: messageNumber(message) });

/** Tests an index of the past that is fed with a history. */
export const describePastIndex = (open: () => Promise<IndexUnderTest>): void => {
  let opened: IndexUnderTest;
  before(async () => {
    opened = await open();
    await opened.feed(events, [2, 3]);
  });
  after(() => opened.close());

  it('knows how far it is', async () => expect(await opened.past.reached()).to.equal(END));

  it('finds the last position that it has up to another', async () => {
    expect(await opened.past.lastUpTo(positionOf(4))).to.equal(positionOf(4));
    expect(await opened.past.lastUpTo(positionOf(4_000))).to.equal(END);
    expect(await opened.past.lastUpTo(positionOf(0))).to.equal('0');
  });

  it('finds where the log was at a time, also where clocks differ', async () => {
    const lastAt = async (seconds: number) => Number(await opened.past.lastAt(at(seconds)));
    const times = [-1, 0, 9, 10, 24, 25, 29, 30, 39, 40, HOUR, 2 * HOUR, 26 * HOUR, 27 * HOUR];
    const expected = [0, 1, 1, 2, 3, 5, 5, 5, 5, 6, 6, 7, 8, 9];
    expect(await Promise.all(times.map(lastAt))).to.deep.equal(expected);
  });

  it('finds the events of streams, and of those that begin alike, up to a position', async () => {
    const streams = [messageStream(1), messageStream(3)];
    const prefixes = [`reaction-${messageNumber(1)}-`, 'reaction-none-'];
    const positions = async (...asked: Parameters<typeof opened.past.inStreams>) =>
      positionsOf(await opened.past.inStreams(...asked));
    expect(await positions({ streams }, END)).to.deep.equal([2, 4, 9]);
    expect(await positions({ prefixes }, END)).to.deep.equal([5, 8]);
    expect(await positions({ streams, prefixes }, positionOf(8))).to.deep.equal([2, 4, 5, 8]);
    expect(await positions({ streams, prefixes, types: ['MessageDeleted', 'ReactionAdded'] }, END)).to.deep.equal([
      5, 8, 9,
    ]);
    const [first] = await opened.past.inStreams({ streams: [messageStream(3)] }, END);
    const expected: EventPlace = { position: positionOf(4), streamId: messageStream(3), type: 'MessageSent' };
    expect(first).to.deep.include(expected);
  });

  it('finds the last event of each stream', async () => {
    const streams = [messageStream(1), messageStream(2), messageStream(9)];
    const positions = async (n: number) =>
      positionsOf(await opened.past.lastInStreams(streams, positionOf(n))).sort((a, b) => a - b);
    expect(await positions(9)).to.deep.equal([3, 9]);
    expect(await positions(8)).to.deep.equal([2, 3]);
    expect(await positions(1)).to.deep.equal([]);
  });

  it('lists the events of a conversation that concern a user', async () => {
    const query = { userId: bob, conversationId: one, types: ['MessageSent', 'ReactionAdded'] as const };
    const positions = async (after: number, upTo: number) =>
      positionsOf(await opened.past.concerning({ ...query, after: positionOf(after) }, positionOf(upTo)));
    expect(await positions(0, 9)).to.deep.equal([4, 8]);
    expect(await positions(4, 9)).to.deep.equal([8]);
    expect(await positions(0, 7)).to.deep.equal([4]);
  });

  it('lists the messages of a conversation, the newest first', async () => {
    expect(await opened.past.sent(one, END, 9)).to.deep.equal([place(7, 4), place(4, 3), place(2, 1)]);
    expect(await opened.past.sent(one, END, 2)).to.deep.equal([place(7, 4), place(4, 3)]);
    expect(await opened.past.sent(one, positionOf(6), 1)).to.deep.equal([place(4, 3)]);
    expect(await opened.past.sent(one, positionOf(1), 9)).to.deep.equal([]);
  });

  it('counts the messages of a conversation up to several positions, in any order', async () => {
    const ends = [9, 1, 4, 2, 4, 3].map(positionOf);
    expect(await opened.past.countSent(one, ends)).to.deep.equal([
      { messages: 3, last: place(7, 4) },
      { messages: 0, last: null },
      { messages: 2, last: place(4, 3) },
      { messages: 1, last: place(2, 1) },
      { messages: 2, last: place(4, 3) },
      { messages: 1, last: place(2, 1) },
    ]);
    expect(await opened.past.countSent(two, [END])).to.deep.equal([{ messages: 1, last: place(3, 2) }]);
    expect(await opened.past.countSent(one, [])).to.deep.equal([]);
  });

  it('lists the conversations into which a user had come, each with where it had last been active', async () => {
    const listed = async (userId: UserId, upTo: number, others: (typeof one)[] = []) =>
      opened.past.conversationsOf(userId, others, positionOf(upTo));
    const active = (n: number) => [{ conversationId: one, position: positionOf(n) }];
    expect(await listed(bob, 10)).to.deep.equal(active(7));
    expect(await listed(bob, 6)).to.deep.equal(active(4));
    expect(await listed(bob, 1)).to.deep.equal(active(1));
    expect(await listed(bob, 0)).to.deep.equal([]);
    expect(await listed(cleo, 9)).to.deep.equal([]);
    expect(await listed(cleo, 10)).to.deep.equal(active(7));
    expect(await listed(cleo, 9, [one, two])).to.deep.equal(active(7));
  });

  it('finds the last message of each user', async () => {
    expect(await opened.past.lastSentBy(one, END)).to.deep.equal(
      new Map([
        [ada, positionOf(7)],
        [bob, positionOf(4)],
      ]),
    );
    expect(await opened.past.lastSentBy(one, positionOf(3))).to.deep.equal(new Map([[ada, positionOf(2)]]));
  });
};
