import { expect } from 'chai';
import { attachmentNumber } from '../support/attachments.js';
import { fact } from '../support/events.js';
import { ada, at, bob, cleo, eve, mediaNumber, messageNumber, positionOf, userNumber } from '../support/ids.js';
import { recorded } from '../support/projections.js';
import { same } from '../support/same.js';
import { first, second, sent, started } from './conversation-facts.js';
import { scene, type Feed, type OpenReadModels, type Views } from './read-model-steps.js';

const mentioning = (n: number, mentions: (typeof ada)[]) =>
  fact('MessageSent', { messageId: messageNumber(n), conversationId: first, senderId: ada, mentions });
const carrying = (n: number, files: readonly number[], conversationId = first) =>
  fact('MessageSent', {
    ...{ messageId: messageNumber(n), conversationId, senderId: ada },
    attachments: files.map(attachmentNumber),
  });
const edited = (n: number, text: string, seconds: number) =>
  fact('MessageEdited', { messageId: messageNumber(n), conversationId: first, text, editedAt: at(seconds) });
const deleted = (n: number) =>
  fact('MessageDeleted', { messageId: messageNumber(n), conversationId: first, deletedAt: at(500) });
const muted = (value: boolean) => fact('PreferencesChanged', { muted: value });
const about = (n: number, userId: typeof ada, emoji: string) => ({
  messageId: messageNumber(n),
  conversationId: first,
  userId,
  emoji,
});
const reacted = (n: number, userId: typeof ada, emoji: string) => fact('ReactionAdded', about(n, userId, emoji));
const unreacted = (n: number, userId: typeof ada, emoji: string) => fact('ReactionRemoved', about(n, userId, emoji));
/** Tests what the views show of messages that were changed after they were sent. */
export const describeMessageChanges = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);

  it('shows a message as it was edited last, where it was sent', async () => {
    const { messages, conversations } = await views(
      started(first, 1),
      sent(1),
      sent(2),
      edited(2, 'better', 40),
      edited(1, 'good', 50),
      edited(1, 'best', 60),
    );
    const found = await messages.find(messageNumber(1));
    expect(found).to.deep.include({ seq: 1, text: 'best', sentAt: at(10), editedAt: at(60), deletedAt: null });
    expect(found?.position).to.equal('6');
    const { messages: history } = await messages.history(first, { kind: 'newest' }, 10);
    expect(history.map(({ text }) => text)).to.deep.equal(['best', 'better']);
    const inbox = await conversations.find(first, bob);
    expect([inbox?.lastMessage?.text, inbox?.position, inbox?.unreadCount]).to.deep.equal(['better', '6', 2]);
    const some = await messages.findSome([messageNumber(1), messageNumber(9)]);
    expect(some).to.deep.equal([found]);
  });

  it('leaves a tombstone of a message that was deleted, with its ordinal', async () => {
    const { messages, conversations } = await views(
      started(first, 1),
      sent(1),
      edited(1, 'x', 20),
      deleted(1),
      sent(2),
    );
    const tombstone = await messages.find(messageNumber(1));
    expect(tombstone).to.deep.include({ seq: 1, text: null, editedAt: at(20), deletedAt: at(500), position: '4' });
    expect((await messages.find(messageNumber(2)))?.seq).to.equal(2);
    expect((await conversations.find(first, bob))?.unreadCount).to.equal(2);
  });

  it('shows whom a message mentions, as it was edited last, and counts mentions behind what a member has read', async () => {
    const facts = [
      started(first, 1),
      mentioning(1, [bob, cleo]),
      mentioning(2, [cleo]),
      sent(3),
      fact('MessageEdited', { messageId: messageNumber(3), conversationId: first, mentions: [bob, cleo] }),
      fact('MessageEdited', { messageId: messageNumber(2), conversationId: first, mentions: [bob] }),
    ];
    const counts = async ({ conversations }: Views) =>
      Promise.all([ada, bob, cleo].map(async (user) => (await conversations.find(first, user))?.mentionCount));
    const before = await views(...facts);
    const { messages: history } = await before.messages.history(first, { kind: 'newest' }, 10);
    expect(history.map(({ mentions }) => mentions)).to.deep.equal([[bob, cleo], [bob], [bob, cleo]]);
    expect(await counts(before)).to.deep.equal([0, 3, 2]);
    const { conversations: listed } = await before.conversations.inbox(bob, { before: undefined, limit: 5 });
    expect(listed.map(({ mentionCount, unreadCount }) => [mentionCount, unreadCount])).to.deep.equal([[3, 3]]);
    const read = (n: number) => fact('MessageRead', { userId: bob, messageId: messageNumber(n), readAt: at(70) });
    expect(await counts(await views(...facts, read(1)))).to.deep.equal([0, 2, 2]);
    expect(await counts(await views(...facts, read(3)))).to.deep.equal([0, 0, 2]);
    expect(await counts(await views(...facts, sent(4, first, cleo), deleted(2)))).to.deep.equal([0, 2, 0]);
  });

  const filesOf = async ({ messages }: Views) =>
    (await messages.history(first, { kind: 'newest' }, 10)).messages.map(({ attachments }) =>
      attachments.map(({ mediaId }) => mediaId),
    );
  const readersOf = async ({ messages }: Views, n: number) => {
    const readable = await Promise.all([ada, bob, eve].map((user) => messages.isAttachedFor(user, mediaNumber(n))));
    return [ada, bob, eve].filter((_, index) => readable[index]);
  };

  it('shows the files that a message carries, to the members of its conversation, until it is deleted', async () => {
    const facts = [started(first, 1), sent(1), carrying(2, [2, 1]), carrying(3, [1]), edited(2, 'better', 40)];
    const before = await views(...facts);
    expect(await filesOf(before)).to.deep.equal([[], [mediaNumber(2), mediaNumber(1)], [mediaNumber(1)]]);
    const found = await before.messages.find(messageNumber(2));
    expect([found?.text, found?.attachments[1]]).to.deep.equal([
      'better',
      {
        ...{ mediaId: mediaNumber(1), contentType: 'image/png', size: 1_001, name: 'file 1', width: 640, height: 480 },
        ...{ url: `/media/v1/${mediaNumber(1)}`, thumbnailUrl: `/media/v1/${mediaNumber(1)}/thumbnail` },
      },
    ]);
    expect((await before.conversations.find(first, bob))?.lastMessage?.attachments).to.have.length(1);
    expect(await readersOf(before, 2)).to.deep.equal([ada, bob]);
    expect(await readersOf(before, 3)).to.deep.equal([]);
    const after = await views(...facts, deleted(2));
    expect(await filesOf(after)).to.deep.equal([[], [], [mediaNumber(1)]]);
    expect(await readersOf(after, 2)).to.deep.equal([]);
    expect(await readersOf(after, 1)).to.deep.equal([ada, bob]);
    const attached = (models: Views) => Promise.all([1, 2, 3].map((n) => models.messages.isAttached(mediaNumber(n))));
    expect([await attached(before), await attached(after)]).to.deep.equal([
      [true, true, false],
      [true, false, false],
    ]);
  });

  it('shows a file no more to a member who was removed, and to another one from when they joined', async () => {
    const removed = fact('MemberRemoved', { conversationId: first, userId: bob });
    const added = fact('MemberAdded', { conversationId: first, userId: eve });
    expect(await readersOf(await views(started(first, 1), carrying(1, [1]), removed, added), 1)).to.deep.equal([
      ...[ada, eve],
    ]);
  });

  it('shows no file of an erased user, sent before or told later', async () => {
    const models = await views(
      ...[started(first, 1), carrying(1, [1]), carrying(2, [1]), fact('UserErased', { userId: ada })],
      ...[carrying(3, [1]), edited(1, 'x', 90)],
    );
    expect(await filesOf(models)).to.deep.equal([[], [], []]);
    expect(await readersOf(models, 1)).to.deep.equal([]);
  });

  it('shows nothing of whom an erased user mentioned', async () => {
    const { messages, conversations } = await views(
      ...[started(first, 1), mentioning(1, [bob]), mentioning(3, [bob]), fact('UserErased', { userId: ada })],
      mentioning(2, [bob]),
      fact('MessageEdited', { messageId: messageNumber(1), conversationId: first, mentions: [bob, cleo] }),
    );
    const { messages: history } = await messages.history(first, { kind: 'newest' }, 10);
    expect(history.map(({ text, mentions }) => [text, mentions])).to.deep.equal([
      ['erased', []],
      ['erased', []],
      ['erased', []],
    ]);
    expect((await conversations.find(first, bob))?.mentionCount).to.equal(0);
  });

  it('shows who reacts to a message, and how, until it is taken back', async () => {
    const { messages, conversations } = await views(
      ...[started(first, 1), sent(1), sent(2), reacted(1, bob, '🎉'), reacted(1, ada, '👍'), reacted(1, cleo, '🎉')],
      ...[unreacted(1, bob, '🎉'), unreacted(1, ada, '👍'), reacted(1, bob, '🎉'), reacted(2, bob, '👍🏽')],
    );
    const found = await messages.find(messageNumber(1));
    expect(found?.reactions).to.deep.equal([{ emoji: '🎉', userIds: [cleo, bob], count: 2 }]);
    expect([found?.position, found?.editedAt]).to.deep.equal(['9', null]);
    const { messages: history } = await messages.history(first, { kind: 'newest' }, 10);
    expect(history[1]?.reactions).to.deep.equal([{ emoji: '👍🏽', userIds: [bob], count: 1 }]);
    expect((await conversations.find(first, ada))?.lastMessage).to.deep.equal(history[1]);
    const changed = await messages.changedSince(cleo, positionOf(3), { limit: 10, maxTextBytes: 1_000 }, same);
    expect(changed.map(({ change, message }) => [change, message.seq])).to.deep.equal([
      ['reacted', 1],
      ['reacted', 2],
    ]);
    expect((await messages.reactedBy(bob, null, 1)).map(({ messageId, emoji }) => [messageId, emoji])).to.deep.equal([
      [messageNumber(1), '🎉'],
    ]);
    const { messageId, emoji } = (await messages.reactedBy(bob, null, 1))[0]!;
    expect(await messages.reactedBy(bob, { messageId, emoji }, 10)).to.deep.equal([
      { messageId: messageNumber(2), conversationId: first, emoji: '👍🏽', reactedAt: at(75) },
    ]);
    expect(await messages.reactedBy(ada, null, 10)).to.deep.equal([]);
  });

  it('shows the first 20 different reactions, and the next one where one of them is gone', async () => {
    const emojis = Array.from({ length: 22 }, (_, n) => String.fromCodePoint(0x1f600 + n));
    const all = [started(first, 1), sent(1), ...emojis.map((emoji) => reacted(1, bob, emoji))];
    const shownOf = async ({ messages }: Views) =>
      (await messages.find(messageNumber(1)))?.reactions.map(({ emoji }) => emoji);
    expect(await shownOf(await views(...all))).to.deep.equal(emojis.slice(0, 20));
    const fewer = await views(...all, unreacted(1, bob, emojis[3]!));
    expect(await shownOf(fewer)).to.deep.equal([...emojis.slice(0, 3), ...emojis.slice(4, 21)]);
  });

  it('names the first 20 of those who react, and counts all', async () => {
    const crowd = Array.from({ length: 22 }, (_, n) => userNumber(n + 30));
    const { messages } = await views(started(first, 1), sent(1), ...crowd.map((userId) => reacted(1, userId, '👍')));
    expect((await messages.find(messageNumber(1)))?.reactions).to.deep.equal([
      { emoji: '👍', userIds: crowd.slice(0, 20), count: 22 },
    ]);
  });

  // A crash of the database takes the last changes of a read model back, so that earlier events come again.
  it('stays as it is where earlier events come again', async () => {
    const facts = [
      ...[started(first, 1), mentioning(1, [bob]), reacted(1, bob, '👍'), fact('MessagePinned'), muted(true)],
      ...[edited(1, 'newer', 60), unreacted(1, bob, '👍'), fact('MessageUnpinned'), muted(false)],
    ];
    const models = await views(...facts);
    const shown = async () => [
      await models.messages.find(messageNumber(1)),
      await models.conversations.find(first, bob),
      await models.pins.list(first),
    ];
    const before = await shown();
    await models.feed(recorded(facts).slice(0, 5), [2]);
    expect(await shown()).to.deep.equal(before);
  });

  it('shows no reactions to a tombstone, nor those of a user who is erased', async () => {
    const { messages } = await views(
      ...[started(first, 1), sent(1), sent(2), reacted(1, bob, '👍'), reacted(2, cleo, '👍'), reacted(2, bob, '👍')],
      ...[deleted(1), reacted(1, cleo, '🎉'), fact('UserErased', { userId: bob }), reacted(2, bob, '🎉')],
    );
    const { messages: history } = await messages.history(first, { kind: 'newest' }, 10);
    expect(history.map(({ reactions }) => reactions)).to.deep.equal([[], [{ emoji: '👍', userIds: [cleo], count: 1 }]]);
    const changed = await messages.changedSince(cleo, positionOf(7), { limit: 10, maxTextBytes: 1_000 }, same);
    expect(changed.map(({ change }) => change)).to.deep.equal(['deleted', 'reacted']);
    expect(await messages.reactedBy(bob, null, 10)).to.deep.equal([]);
  });

  it('shows nothing of what an erased user wrote, edited or not, and tombstones as such', async () => {
    const erasure = fact('UserErased', { userId: ada });
    const { messages } = await views(
      ...[started(first, 1), sent(1), sent(2), sent(3), sent(4, first, bob)],
      ...[edited(1, 'secret', 50), deleted(2), erasure, edited(3, 'in the same moment', 60)],
    );
    const { messages: history } = await messages.history(first, { kind: 'newest' }, 10);
    expect(history.map(({ text }) => text)).to.deep.equal(['erased', null, 'erased', 'message 4']);
  });

  it('answers a resuming client each message that was changed once, by its last change, and where to page from', async () => {
    const { messages, conversations } = await views(
      ...[started(first, 1), sent(1), sent(2), sent(3), started(second, 2), sent(4, second)],
      ...[
        edited(2, 'once', 50),
        edited(3, 'two', 51),
        edited(2, 'twice', 52),
        deleted(3),
        sent(5),
        edited(5, 'new', 53),
      ],
    );
    const changes = async (after: number, limit = 10, bytes = 1_000) =>
      (await messages.changedSince(bob, positionOf(after), { limit, maxTextBytes: bytes }, same)).map(
        ({ change, message }) => [change, message.seq, message.position],
      );
    const [earlier, later] = [
      ['edited', 2, '9'],
      ['deleted', 3, '10'],
    ];
    expect(await changes(6)).to.deep.equal([earlier, later]);
    expect(await changes(9)).to.deep.equal([later]);
    expect(await changes(6, 1)).to.deep.equal([earlier]);
    expect(await changes(6, 10, 4)).to.deep.equal([earlier]);
    expect(await messages.changedSince(eve, positionOf(6), { limit: 10, maxTextBytes: 1_000 }, same)).to.deep.equal([]);
    expect(await conversations.unseenSince(bob, positionOf(6))).to.deep.equal([
      { conversationId: first, lastSeenSeq: 3, areSeenChanged: true },
    ]);
    expect(await conversations.unseenSince(bob, positionOf(10))).to.deep.equal([
      { conversationId: first, lastSeenSeq: 3, areSeenChanged: false },
    ]);
  });
};
