import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { messageCursor } from '../../../src/application/messages/message-cursor.js';
import { messageView } from '../../../src/application/messages/message-view.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { deliver } from '../../../src/interfaces/ws/delivery.js';
import { Hub } from '../../../src/interfaces/ws/hub.js';
import { captureConnection, type CapturedConnection } from '../../support/captured-connection.js';
import { attachmentNumber } from '../../support/attachments.js';
import { fact } from '../../support/events.js';
import { added, group, otherGroup, read, removed, renamed, sent, started } from '../../support/group-facts.js';
import { batchOf } from '../../support/live-feed-scene.js';
import { ada, at, bob, cleo, eve, messageNumber, positionOf, userNumber } from '../../support/ids.js';
import { testLinks } from '../../support/media-links.js';
import { changedGroup, profileOf, ScriptedViews } from '../../support/scripted-views.js';

type Facts = Parameters<typeof batchOf>[1];

const hidesReceipts = (userId: UserId) => fact('SettingsChanged', { userId, readReceipts: false });

describe('What is delivered', () => {
  let views: ScriptedViews;
  let hub: Hub;
  /** Lets the seconds end for which receipts are collected. */
  let afterASecond: () => void;
  beforeEach(() => {
    views = new ScriptedViews();
    for (const n of [1, 2, 3]) views.sequences.set(messageNumber(n), n);
    const due: (() => void)[] = [];
    hub = new Hub(
      (run) => due.push(run),
      () => Date.parse(at(0)),
    );
    afterASecond = () => due.splice(0).forEach((run) => run());
  });

  const connect = (...userIds: UserId[]): CapturedConnection[] =>
    userIds.map((userId) => {
      const captured = captureConnection(userId);
      hub.attach(captured.connection, userId);
      return captured;
    });
  /** Opens a socket for each of these users of the group. */
  const inGroup = (...userIds: UserId[]) => {
    const sockets = connect(...userIds);
    for (const userId of userIds) hub.audience.add(group, userId);
    return sockets;
  };
  const handOn = (...facts: Facts) => deliver({ ...views.parts, hub, links: testLinks })(batchOf(0, facts));
  const toldTo = (sockets: readonly CapturedConnection[]) =>
    sockets.map(({ frames }) => frames().map(({ type, position }) => [type, position]));
  const audience = () => [...hub.audience.of(group)];

  it('is a message, to the users of its conversation, as the history shows it', async () => {
    const [member, other] = [...inGroup(ada), ...connect(bob)];
    await handOn(sent(2));
    const [frame, ...more] = member?.frames() ?? [];
    expect(frame).to.deep.include({ type: 'message.sent', position: '1' });
    expect(frame?.['message']).to.deep.include({ messageId: messageNumber(2), seq: 2, position: '1' });
    expect([more, other?.frames()]).to.deep.equal([[], []]);
  });

  it('is a reply with a mark where the message that it replies to was gone before', async () => {
    const [member] = inGroup(ada);
    const [kept, gone] = [3, 4].map((n) => ({ ...sent(n).data, seq: n, position: positionOf(9) }));
    views.messages = [messageView(kept!), messageView({ ...gone!, deletedAt: at(80) })];
    for (const replyTo of [kept!, gone!])
      await handOn(fact('MessageSent', { ...sent(2).data, replyTo: replyTo.messageId }));
    const marks = member?.frames().map(({ message }) => (message as { replyToDeleted: boolean }).replyToDeleted);
    expect(marks).to.deep.equal([false, true]);
  });

  // An erased user went on sending through a server that had not heard of it: their words were pushed, though no history
  // shows them.
  it('is a message without its words, where its sender was erased before it', async () => {
    const [member] = inGroup(ada);
    const message = fact('MessageSent', { ...sent(2).data, mentions: [ada], attachments: [attachmentNumber(1)] });
    const batch = batchOf(0, [fact('UserErased', { userId: message.data.senderId }), message]);
    hub.erased.note(batch);
    await deliver({ ...views.parts, hub, links: testLinks })(batch);
    expect(member?.frames().map(({ type }) => type)).to.deep.equal(['message.sent']);
    expect(member?.frames()[0]?.['message']).to.deep.include({
      messageId: messageNumber(2),
      text: 'erased',
      mentions: [],
      attachments: [],
    });
  });

  it('is one frame for each viewer of what an erasure has changed, which names their own conversations', async () => {
    const [one, both, none] = connect(ada, bob, cleo);
    for (const userId of [ada, bob]) hub.audience.add(group, userId);
    hub.audience.add(otherGroup, bob);
    views.changedByErasure = [
      { conversationId: group, lastSeenSeq: 4, areSeenChanged: true },
      { conversationId: otherGroup, lastSeenSeq: 0, areSeenChanged: false },
    ];
    await handOn(sent(8), fact('UserErased', { userId: eve }));
    const first = { conversationId: group, cursor: messageCursor(4), changed: true };
    const second = { conversationId: otherGroup, cursor: messageCursor(0), changed: false };
    const told = { type: 'resync', position: '2', since: '1', left: [] };
    expect([one, both, none].map((each) => each?.frames())).to.deep.equal([
      [{ ...told, conversations: [first] }],
      [{ ...told, conversations: [first, second] }],
      [],
    ]);
  });

  it('is a message that was changed, once a batch, as it is by now, to the users of its conversation', async () => {
    const [member, other] = [...inGroup(ada), ...connect(bob)];
    const message = messageView({ ...sent(1).data, seq: 1, position: positionOf(9), editedAt: at(80) });
    views.messages = [message];
    const messageId = messageNumber(1);
    const [edited, unknown] = [
      fact('MessageEdited', { messageId }),
      fact('MessageEdited', { messageId: messageNumber(8) }),
    ];
    await handOn(edited, unknown, edited, fact('MessageDeleted', { messageId }));
    expect(member?.frames()).to.deep.equal([
      { type: 'message.edited', position: '3', message },
      { type: 'message.deleted', position: '4', message },
    ]);
    expect(other?.frames()).to.deep.equal([]);
    expect(views.asked.filter(([query]) => query === 'findSome')).to.deep.equal([
      ['findSome', [messageNumber(8), messageId]],
    ]);
  });

  it('is what is pinned, to all members, and how one keeps a conversation, to them alone', async () => {
    const sockets = [...inGroup(ada, bob), ...connect(cleo)];
    const [pinned, unpinned, kept] = [fact('MessagePinned'), fact('MessageUnpinned'), fact('PreferencesChanged')];
    await handOn(pinned, unpinned, kept, fact('PreferencesChanged', { userId: cleo }));
    const pins = [
      ['conversation.pinned', '1'],
      ['conversation.unpinned', '2'],
    ];
    expect(toldTo(sockets)).to.deep.equal([pins, [...pins, ['conversation.preferences', '3']], []]);
    const preferences = { muted: true, archived: false, pinned: false };
    const content = { position: '3', conversationId: group, preferences };
    expect(sockets[1]?.frames()[2]).to.deep.equal({ type: 'conversation.preferences', ...content });
  });

  it('is a conversation as one has kept it before, to a member who comes back', async () => {
    const sockets = connect(bob, cleo);
    const kept = { muted: true, archived: false, pinned: false };
    views.changed = [{ ...changedGroup(group, [ada, bob, cleo]), preferences: new Map([[bob, kept]]) }];
    await handOn(added(bob), added(cleo));
    const shown = sockets.map(({ frames }) => (frames()[0]?.['conversation'] as { preferences: object }).preferences);
    expect(shown).to.deep.equal([kept, { ...kept, muted: false }]);
    expect(sockets.map(({ frames }) => frames())).to.satisfy((all: unknown[][]) =>
      all.every(({ length }) => length === 1),
    );
  });

  it('is nothing of a message that is in no history, sent or read, nor of what is pushed to nobody', async () => {
    const sockets = inGroup(ada);
    await handOn(sent(8), read(8, ada), fact('UserRegistered'), sent(1));
    expect(toldTo(sockets)).to.deep.equal([[['message.sent', '4']]]);
  });

  it('is reading, to those who show theirs; to the reader always, and alone where it is hidden', async () => {
    const sockets = inGroup(ada, bob, cleo);
    await handOn(hidesReceipts(cleo), read(1, ada), read(2, bob, true), read(3, cleo, true));
    expect(toldTo(sockets)).to.deep.equal([
      [['message.read', '2']],
      [
        ['message.read', '2'],
        ['message.read', '3'],
      ],
      [['message.read', '4']],
    ]);
    const content = { conversationId: group, userId: ada, messageId: messageNumber(1), seq: 1, at: at(70) };
    expect(sockets[0]?.frames()[0]).to.deep.equal({ type: 'message.read', position: '2', ...content });
    afterASecond();
    await handOn(fact('SettingsChanged', { userId: cleo, readReceipts: true }), read(1, ada));
    expect(sockets[2]?.frames()).to.have.length(2);
  });

  it('is how a user looks, once to each who shares a conversation, and to themselves, without a place in the order', async () => {
    const sockets = [...inGroup(ada, bob), ...connect(cleo, eve)];
    hub.audience.add(otherGroup, bob);
    views.memberships = [group, otherGroup].map((conversationId) => ({ userId: cleo, conversationId }));
    await handOn(fact('ProfileChanged', { userId: cleo }));
    const update = { type: 'user.updated', user: profileOf(cleo) };
    expect(sockets.map(({ frames }) => frames())).to.deep.equal([[update], [update], [update], []]);
    expect(
      sockets[0]?.connection.servedUpTo('0' as Parameters<CapturedConnection['connection']['servedUpTo']>[0]),
    ).to.equal('0');
  });

  it('is a change: to those who stay, to those who join, and to those who leave; the audience is then as it is behind it', async () => {
    const sockets = [...inGroup(ada, bob), ...connect(cleo)];
    views.changed = [changedGroup(group, [ada, bob, cleo]), changedGroup(group, [ada, cleo])];
    await handOn(added(cleo), removed(bob));
    expect(toldTo(sockets)).to.deep.equal([
      [
        ['conversation.member_added', '1'],
        ['conversation.member_removed', '2'],
      ],
      [
        ['conversation.member_added', '1'],
        ['conversation.member_removed', '2'],
      ],
      [
        ['conversation.member_added', '1'],
        ['conversation.member_removed', '2'],
      ],
    ]);
    const [stays, leaves, joins] = sockets.map(({ frames }) => frames().map(({ conversation }) => conversation));
    expect(stays?.[0]).not.to.have.property('unreadCount');
    expect(joins?.[0]).to.deep.include({ unreadCount: 0, lastReadMessageId: null });
    expect(leaves?.[1]).to.deep.equal({ conversationId: group });
    expect(stays?.[1]).to.deep.include({ memberCount: 2 });
    expect(audience()).to.deep.equal([ada, cleo]);
  });

  it('is a change to nobody who was removed later, but for that removal', async () => {
    const sockets = [...inGroup(ada, bob), ...connect(cleo)];
    views.changed = [changedGroup(group, [ada], [bob, cleo]), changedGroup(group, [ada])];
    await handOn(added(cleo), removed(bob), removed(cleo));
    expect(toldTo(sockets)).to.deep.equal([
      [
        ['conversation.member_added', '1'],
        ['conversation.member_removed', '2'],
      ],
      [['conversation.member_removed', '2']],
      [['conversation.member_removed', '2']],
    ]);
    expect(audience()).to.deep.equal([ada]);
  });

  it('is that one left, to them, though nothing is known of the conversation and nobody else gets a frame', async () => {
    const sockets = [...inGroup(ada), ...connect(bob)];
    await handOn(renamed('Looms'), removed(bob));
    expect(toldTo(sockets)).to.deep.equal([[], [['conversation.member_removed', '2']]]);
  });

  it('makes no frame where nobody gets it', async () => {
    inGroup(ada);
    const unseen = changedGroup(group, [ada], [ada]);
    views.changed = [
      {
        ...unseen,
        get title(): string {
          throw new Error('it was made');
        },
      },
    ];
    await handOn(renamed('Looms'));
    await handOn(added(cleo));
    expect(audience()).to.deep.equal([ada]);
  });

  describe('gives other sockets their turn', () => {
    const crowd = Array.from({ length: 1_000 }, (_, n) => userNumber(n + 100));
    const tellingAll: Readonly<Record<string, Facts>> = {
      'a message': [sent(1)],
      reading: [read(1, userNumber(100))],
      'how somebody looks': [fact('ProfileChanged', { userId: userNumber(100) })],
      'a change to those who stay': [renamed('Looms')],
      'a change to those who leave': crowd.map(removed),
      'a change to those who join': [started(crowd)],
    };
    /** Answers how many frames of the message behind it were there in the turn after the first, and in the end. */
    const framesAround = async (users: readonly UserId[], facts: Facts) => {
      const [viewer] = connect(ada);
      hub.audience.add(otherGroup, ada);
      for (const userId of users) hub.audience.follow(userId);
      for (const userId of users) hub.audience.add(group, userId);
      views.memberships = [{ userId: userNumber(100), conversationId: group }];
      views.changed = [changedGroup(group, users.slice(0, 20))];
      const delivered = handOn(...facts, sent(2, otherGroup));
      await nextTurn();
      const early = viewer?.frames().length;
      await delivered;
      return [early, viewer?.frames().length];
    };

    for (const [what, facts] of Object.entries(tellingAll))
      it(`behind each thousand who get ${what}`, async () =>
        expect(await framesAround(crowd, facts)).to.deep.equal([0, 1]));

    it('but not before', async () => {
      const fewer = crowd.slice(1);
      expect(await framesAround(fewer, [sent(1)])).to.deep.equal([1, 1]);
    });

    it('and counts anew behind it', async () => {
      const [viewer] = inGroup(ada);
      const delivered = handOn(...Array.from({ length: 2_500 }, () => sent(1)));
      const counts: (number | undefined)[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        await nextTurn();
        counts.push(viewer?.frames().length);
      }
      await delivered;
      expect(counts).to.deep.equal([1_000, 2_000, 2_500]);
    });
  });
});
