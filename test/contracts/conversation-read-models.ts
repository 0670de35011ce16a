import { expect } from 'chai';
import { messageView } from '../../src/application/messages/message-view.js';
import { messageCursor } from '../../src/application/messages/message-cursor.js';
import { InvalidCursorError, type HistoryPlace } from '../../src/application/ports/message-views.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { ada, at, bob, cleo, eve, messageNumber, positionOf, userNumber } from '../support/ids.js';
import { same } from '../support/same.js';
import { added, delivered, first, read, removed, second, sent, started, third } from './conversation-facts.js';
import { scene, type Feed, type OpenReadModels, type Views } from './read-model-steps.js';

/** Tests what the views of conversations and messages answer. */
export const describeConversations = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);

  describe('a history', () => {
    const page = async (place: HistoryPlace, limit = 3) => {
      const { messages } = await views(
        started(first, 1),
        ...Array.from({ length: 10 }, (_, n) => sent(n + 1)),
        started(second, 2),
        sent(11, second),
      );
      const { messages: found, previousCursor, nextCursor } = await messages.history(first, place, limit);
      return [found.map(({ seq }) => seq), previousCursor, nextCursor];
    };
    const cursor = messageCursor;

    it('begins with the newest', async () =>
      expect(await page({ kind: 'newest' })).to.deep.equal([[8, 9, 10], cursor(8), null]));
    it('goes back', async () =>
      expect(await page({ kind: 'before', cursor: cursor(8) })).to.deep.equal([[5, 6, 7], cursor(5), cursor(7)]));
    it('ends at the first message', async () =>
      expect(await page({ kind: 'before', cursor: cursor(3) })).to.deep.equal([[1, 2], null, cursor(2)]));
    it('is empty before it', async () =>
      expect(await page({ kind: 'before', cursor: cursor(1) })).to.deep.equal([[], null, null]));
    it('goes forth', async () =>
      expect(await page({ kind: 'after', cursor: cursor(3) })).to.deep.equal([[4, 5, 6], cursor(4), cursor(6)]));
    it('ends at the last message', async () =>
      expect(await page({ kind: 'after', cursor: cursor(8) })).to.deep.equal([[9, 10], cursor(9), null]));
    it('shows what is around a message', async () =>
      expect(await page({ kind: 'around', cursor: cursor(5) })).to.deep.equal([[4, 5, 6], cursor(4), cursor(6)]));
    it('shows what was said at a time', async () =>
      expect(await page({ kind: 'at', time: at(45) })).to.deep.equal([[4, 5, 6], cursor(4), cursor(6)]));
    it('shows the first ones for a time before all', async () =>
      expect(await page({ kind: 'at', time: at(-1) })).to.deep.equal([[1, 2], null, cursor(2)]));
    it('shows the last ones for a time after all', async () =>
      expect(await page({ kind: 'at', time: at(5_000) })).to.deep.equal([[10], cursor(10), null]));
    it('refuses a cursor that is none', async () => {
      const error = await page({ kind: 'before', cursor: 'nonsense' }).catch((refusal: unknown) => refusal);
      expect(error).to.be.instanceOf(InvalidCursorError);
    });
  });

  it('shows the newest activity first, page by page', async () => {
    const { conversations } = await views(started(first, 1), started(second, 2), started(third, 3), sent(1, first));
    const one = await conversations.inbox(bob, { before: undefined, limit: 2 });
    expect(one.conversations.map(({ conversationId }) => conversationId)).to.deep.equal([first, third]);
    const two = await conversations.inbox(bob, { before: one.nextCursor ?? '', limit: 2 });
    expect(two.conversations.map(({ conversationId }) => conversationId)).to.deep.equal([second]);
    expect(two.nextCursor).to.equal(null);
    expect((await conversations.inbox(userNumber(9), { before: undefined, limit: 2 })).conversations).to.deep.equal([]);
  });

  it('counts as unread what others sent after the last message read; sending reads up to it', async () => {
    const { conversations } = await views(
      started(first, 1),
      sent(1),
      sent(2),
      sent(3, first, bob),
      sent(4),
      read(2, cleo, 100, '3'),
    );
    const unread = async (viewer: typeof ada) => {
      const found = await conversations.find(first, viewer);
      return [found?.unreadCount, found?.lastReadMessageId, found?.lastMessage?.seq];
    };
    expect(await unread(ada)).to.deep.equal([0, messageNumber(4), 4]);
    expect(await unread(bob)).to.deep.equal([1, messageNumber(3), 4]);
    expect(await unread(cleo)).to.deep.equal([2, messageNumber(2), 4]);
  });

  const all = { after: undefined, limit: 100 };

  it('answers when each member first came to a message: by reading, or by an answer', async () => {
    const { messages } = await views(started(first, 1), sent(1), read(1, bob, 15, '2'), sent(2), sent(3, first, cleo));
    expect((await messages.receipts(messageNumber(1), all)).receipts).to.deep.equal([
      { userId: bob, deliveredAt: at(15), readAt: at(15) },
      { userId: cleo, deliveredAt: at(30), readAt: at(30) },
    ]);
    expect((await messages.receipts(messageNumber(2), all)).receipts).to.deep.equal([
      { userId: bob, deliveredAt: null, readAt: null },
      { userId: cleo, deliveredAt: at(30), readAt: at(30) },
    ]);
  });

  it('answers when each message first came to a member, by a watermark that reaches it, whatever the order', async () => {
    const { conversations, messages } = await views(
      started(first, 1),
      sent(1),
      sent(2),
      sent(3),
      delivered(2, bob, 35),
      delivered(1, bob, 36), // another server was slower
      delivered(3, bob, 37),
      delivered(3, cleo, 38),
      read(3, cleo, 39, '4'),
      delivered(8, bob, 40),
    );
    const times = async (n: number) =>
      (await messages.receipts(messageNumber(n), all)).receipts.map(({ deliveredAt, readAt }) => [deliveredAt, readAt]);
    expect(await times(1)).to.deep.equal([
      [at(35), null],
      [at(38), at(39)],
    ]);
    expect(await times(3)).to.deep.equal([
      [at(37), null],
      [at(38), at(39)],
    ]);
    const told = await conversations.receiptsSince(ada, positionOf(4), 10);
    expect(told.map(({ kind, userId, seq, position }) => [kind, userId, seq, position])).to.deep.equal([
      ['delivered', bob, 3, '7'],
      ['delivered', cleo, 3, '8'],
      ['read', cleo, 3, '9'],
    ]);
  });

  it('shows a read that was hidden to the reader alone, and an answer to everybody', async () => {
    const shown = read(1, cleo, 16, '2');
    const hidden = read(1, bob, 15, '2');
    const facts = [started(first, 1), sent(1), { ...hidden, data: { ...hidden.data, hidden: true as const } }, shown];
    const { conversations, messages } = await views(...facts);
    const readers = async (viewer: typeof ada) => [
      (await conversations.readsSince(viewer, '2' as Position, 10)).map(({ userId }) => userId),
      (await conversations.receiptsSince(viewer, '2' as Position, 10)).map(({ userId }) => userId),
    ];
    expect(await readers(ada)).to.deep.equal([[], [cleo]]);
    expect(await readers(bob)).to.deep.equal([[bob], [cleo]]);
    const times = async (from: Pick<Views, 'messages'>) =>
      (await from.messages.receipts(messageNumber(1), all)).receipts.map(({ userId, readAt }) => [userId, readAt]);
    expect(await times({ messages })).to.deep.equal([
      [bob, null],
      [cleo, at(16)],
    ]);
    expect(await times(await views(...facts, sent(2, first, bob)))).to.deep.include([bob, at(20)]);
  });

  it('shows nothing to one who was removed, but that; and all again to one who came back', async () => {
    const facts = [started(first, 1), sent(1), removed(bob), sent(2)];
    const away = await views(...facts);
    expect(await away.conversations.find(first, bob)).to.equal(undefined);
    const areMembers = ({ conversations }: Views) =>
      Promise.all([ada, bob, eve].map((each) => conversations.isMember(first, each)));
    expect(await areMembers(away)).to.deep.equal([true, false, false]);
    expect(await away.messages.sentSince(bob, '1' as Position, { limit: 10, maxTextBytes: 1_000 }, same)).to.deep.equal(
      [],
    );
    const changes = await away.conversations.changesSince(bob, '0' as Position, 10);
    expect(changes.map(({ kind, position }) => [kind, position])).to.deep.equal([['member_removed', '3']]);
    const again = await views(...facts, added(bob));
    const back = await again.conversations.find(first, bob);
    expect([back?.memberCount, back?.unreadCount]).to.deep.equal([3, 0]);
    expect(await areMembers(again)).to.deep.equal([true, true, false]);
  });

  // A user who joined an old group found all of its history unread.
  it('lets unread begin where somebody joined, however the events are batched', async () => {
    const facts = [
      started(first, 1),
      sent(1),
      sent(2),
      added(userNumber(4)),
      removed(bob),
      sent(3),
      added(bob),
      sent(4),
    ];
    const { conversations } = await views(...facts);
    const unread = async (viewer: typeof ada) => {
      const found = await conversations.find(first, viewer);
      return [found?.unreadCount, found?.lastReadMessageId];
    };
    expect(await unread(userNumber(4))).to.deep.equal([2, messageNumber(2)]);
    expect(await unread(bob)).to.deep.equal([1, messageNumber(3)]);
    expect(await unread(cleo)).to.deep.equal([4, null]);
  });

  it('takes in those who join together, whoever has been there before', async () => {
    const dan = userNumber(4);
    const { conversations } = await views(
      started(first, 1),
      started(second, 2),
      removed(bob),
      added(bob),
      added(dan),
      { ...added(dan), data: { ...added(dan).data, conversationId: second } },
      sent(1),
    );
    const found = await conversations.find(first, dan);
    expect(found?.memberCount).to.equal(4);
    expect(found?.members.map(({ userId }) => userId)).to.deep.equal([ada, cleo, bob, dan]);
    expect((await conversations.find(second, dan))?.memberCount).to.equal(4);
  });

  it('shows a message as the very object that is pushed live', async () => {
    const { messages } = await views(started(first, 1), sent(1), sent(2));
    const pushed = messageView({ ...sent(2).data, seq: 2, position: positionOf(3) });
    expect(await messages.find(messageNumber(2))).to.deep.equal(pushed);
    expect(await messages.sentSince(bob, positionOf(2), { limit: 10, maxTextBytes: 1_000 }, same)).to.deep.equal([
      { sentPosition: '3', message: pushed },
    ]);
  });

  it('answers a resuming client what changed behind a position', async () => {
    const { conversations, messages } = await views(
      started(first, 1),
      sent(1),
      sent(2),
      read(1, bob, 20, '2'),
      read(2, bob, 30, '3'),
      started(second, 2),
    );
    const after = '2' as Position;
    const missed = await messages.sentSince(cleo, after, { limit: 10, maxTextBytes: 1_000 }, same);
    expect(missed.map(({ message: { messageId } }) => messageId)).to.deep.equal([messageNumber(2)]);
    const place = ({ position, seq }: { position: Position; seq: number }) => [position, seq];
    expect((await conversations.readsSince(bob, after, 10)).map(place)).to.deep.equal([['5', 2]]);
    expect(await conversations.receiptsSince(bob, after, 10)).to.deep.equal([]);
    expect(await conversations.receiptsSince(cleo, after, 10)).to.deep.equal([
      {
        kind: 'read',
        position: '5',
        conversationId: first,
        userId: bob,
        messageId: messageNumber(2),
        seq: 2,
        at: at(30),
      },
    ]);
    expect((await conversations.changesSince(cleo, after, 10)).map(({ kind }) => kind)).to.deep.equal(['started']);
    expect(await conversations.unseenSince(cleo, after)).to.deep.equal([
      { conversationId: first, lastSeenSeq: 1, areSeenChanged: false },
      { conversationId: second, lastSeenSeq: 0, areSeenChanged: false },
    ]);
  });
};
