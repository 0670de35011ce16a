import { expect } from 'chai';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import type { Watermark } from '../../../src/application/ports/conversation-views.js';
import { Hub } from '../../../src/interfaces/ws/hub.js';
import { captureConnection } from '../../support/captured-connection.js';
import { group, otherGroup } from '../../support/group-facts.js';
import { ada, at, bob, cleo, messageNumber, positionOf, userNumber } from '../../support/ids.js';

describe('Receipts', () => {
  let hub: Hub;
  let due: (() => void)[];
  let now: number;
  beforeEach(() => {
    due = [];
    now = Date.parse(at(0));
    hub = new Hub(
      (run) => due.push(run),
      () => now,
    );
  });

  const connect = (...userIds: UserId[]) =>
    userIds.map((userId) => {
      const captured = captureConnection(userId);
      hub.attach(captured.connection, userId);
      for (const conversationId of [group, otherGroup]) hub.audience.add(conversationId, userId);
      return captured;
    });
  const afterASecond = () => due.splice(0).forEach((run) => run());
  const read = (userId: UserId, seq: number, position = seq, conversationId = group): Watermark => ({
    kind: 'read',
    position: positionOf(position),
    conversationId,
    userId,
    messageId: messageNumber(seq),
    seq,
    at: at(seq),
  });
  const toldTo = (sockets: ReturnType<typeof connect>) =>
    sockets.map(({ frames }) =>
      frames().map(({ type, ...frame }) =>
        type === 'message.receipts'
          ? (frame['receipts'] as { userId: UserId; readSeq: number }[]).map((each) => [each.userId, each.readSeq])
          : [frame['userId'], frame['seq']],
      ),
    );

  it('leave at once where none has in the last second, and then in one frame at its end, the newest of each reader', () => {
    const sockets = connect(ada, bob, cleo);
    for (const [userId, seq, position] of [
      [ada, 1, 5],
      [bob, 1, 6],
      [bob, 2, 7],
      [ada, 3, 8],
    ] as const)
      hub.receipts.tell(read(userId, seq, position), true);
    expect(toldTo(sockets.slice(2))).to.deep.equal([[[ada, 1]]]);
    afterASecond();
    afterASecond();
    const [frame] = sockets[2]?.frames().slice(1) ?? [];
    expect(frame).to.deep.equal({
      type: 'message.receipts',
      conversationId: group,
      upTo: '8',
      receipts: [
        { userId: bob, readMessageId: messageNumber(2), readSeq: 2, readAt: at(2) },
        { userId: ada, readMessageId: messageNumber(3), readSeq: 3, readAt: at(3) },
      ],
    });
    hub.receipts.tell(read(cleo, 3), true);
    expect(toldTo(sockets.slice(0, 1))[0]?.at(-1), 'a quiet second has passed').to.deep.equal([cleo, 3]);
  });

  it('do not wait where they are told late: a resume would not tell them again', () => {
    const [viewer] = connect(ada, bob, cleo);
    hub.receipts.tell(read(bob, 1), true);
    now = Date.parse(at(12));
    hub.receipts.tell(read(bob, 2), true);
    now += 1;
    hub.receipts.tell(read(cleo, 2), true);
    expect(toldTo(viewer ? [viewer] : [])).to.deep.equal([
      [
        [bob, 1],
        [cleo, 2],
      ],
    ]);
    expect(due).to.have.length(1);
  });

  it('never come twice within a second, of one conversation', () => {
    const [viewer] = connect(ada, bob);
    hub.receipts.tell(read(bob, 1), true);
    hub.receipts.tell(read(bob, 2), true);
    afterASecond();
    hub.receipts.tell(read(bob, 3), true);
    expect(viewer?.frames()).to.have.length(2);
    hub.receipts.tell(read(bob, 3, 9, otherGroup), true);
    expect(viewer?.frames()).to.have.length(3);
    afterASecond();
    expect(viewer?.frames()).to.have.length(4);
  });

  it('reach the reader’s own devices at once, each in its place, and none of them twice', () => {
    const sockets = connect(ada, bob);
    for (const seq of [1, 2, 3]) hub.receipts.tell(read(ada, seq), true);
    afterASecond();
    expect(sockets[0]?.frames().map(({ type, position }) => [type, position])).to.deep.equal([
      ['message.read', '1'],
      ['message.read', '2'],
      ['message.read', '3'],
    ]);
    expect(toldTo(sockets)[1]).to.deep.equal([[ada, 1], [[ada, 3]]]);
  });

  it('go to those who show theirs, when the frame leaves, and are dropped of a reader who shows none any more', () => {
    const sockets = connect(ada, bob, cleo);
    for (const userId of [cleo, ada, bob, cleo]) hub.receipts.tell(read(userId, 1), true);
    hub.audience.setReceipts(bob, false);
    hub.receipts.forget(ada);
    afterASecond();
    expect(toldTo(sockets)).to.deep.equal([
      [
        [cleo, 1],
        [ada, 1],
        [
          [bob, 1],
          [cleo, 1],
        ],
      ],
      [
        [cleo, 1],
        [bob, 1],
      ],
      [
        [cleo, 1],
        [cleo, 1],
        [
          [bob, 1],
          [cleo, 1],
        ],
      ],
    ]);
  });

  it('that are hidden reach the reader alone, and keep nobody waiting', () => {
    const sockets = connect(ada, bob);
    hub.receipts.tell(read(ada, 1), false);
    hub.receipts.tell(read(ada, 2), true);
    expect(toldTo(sockets)).to.deep.equal([
      [
        [ada, 1],
        [ada, 2],
      ],
      [[ada, 2]],
    ]);
  });

  // A query on the same server waits until it can show what the session was told.
  it('that were collected have no place in the order, and say up to where they tell', () => {
    const [viewer] = connect(ada, bob);
    hub.receipts.tell(read(bob, 1, 4), true);
    hub.receipts.tell(read(bob, 2, 7), true);
    afterASecond();
    expect(viewer?.connection.servedUpTo(positionOf(0))).to.equal('4');
    expect(viewer?.connection.pushed).to.equal('7');
  });

  it('of a hundred who all read each of ten messages come to each in one frame a second', () => {
    const users = Array.from({ length: 100 }, (_, n) => userNumber(n + 1));
    const sockets = connect(...users);
    for (let second = 1; second <= 10; second += 1) {
      for (const userId of users) hub.receipts.tell(read(userId, second), true);
      afterASecond();
    }
    afterASecond();
    for (const [index, { frames }] of sockets.entries()) {
      const others = frames().filter(({ userId }) => userId !== users[index]);
      expect(others.length).to.be.within(10, 11);
      const last = new Map<unknown, unknown>();
      for (const { receipts } of others)
        for (const each of (receipts ?? []) as { userId: UserId; readSeq: number }[])
          last.set(each.userId, each.readSeq);
      expect(users.filter((userId) => userId !== users[index] && last.get(userId) !== 10)).to.deep.equal([]);
    }
  });
});
