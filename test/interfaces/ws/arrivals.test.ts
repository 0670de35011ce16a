import { expect } from 'chai';
import type { MessageId, Position, UserId } from '../../../src/domain/kernel/ids.js';
import { Arrivals, sentIn } from '../../../src/interfaces/ws/arrivals.js';
import { Hub } from '../../../src/interfaces/ws/hub.js';
import { captureConnection, type CapturedConnection } from '../../support/captured-connection.js';
import { group, otherGroup } from '../../support/group-facts.js';
import { ada, bob, cleo, messageNumber, positionOf, userNumber } from '../../support/ids.js';

describe('What has arrived at clients', () => {
  let hub: Hub;
  let arrivals: Arrivals;
  let answered: (readonly [UserId, MessageId])[];
  let handled: (readonly [UserId, Position])[];
  beforeEach(() => {
    [answered, handled] = [[], []];
    hub = new Hub();
    arrivals = new Arrivals({
      audience: hub.audience,
      socketsOf: (userId) => hub.of(userId),
      recorder: {
        answered: (userId, { messageId }) => answered.push([userId, messageId]),
        handled: (userId, position) => handled.push([userId, position]),
      },
    });
  });

  const connect = (...userIds: UserId[]) =>
    userIds.map((userId) => {
      const captured = captureConnection(userId);
      hub.attach(captured.connection, userId);
      for (const conversationId of [group, otherGroup]) hub.audience.add(conversationId, userId);
      return captured;
    });
  const push = (n: number, conversationId = group) =>
    arrivals.pushed({ conversationId, messageId: messageNumber(n), seq: n, senderId: ada });
  const pingsTo = ({ said }: CapturedConnection) => said.map((each) => /^ping '(.*)'$/.exec(each)?.[1] ?? each);
  const answer = (captured: CapturedConnection, nth = -1) =>
    arrivals.answered(captured.connection, pingsTo(captured).at(nth) ?? '');

  it('is the newest message of each conversation, once the client has answered the ping behind them', () => {
    const [sender, reader] = connect(ada, bob) as [CapturedConnection, CapturedConnection];
    for (const n of [1, 2]) push(n);
    push(3, otherGroup);
    arrivals.ask();
    expect([pingsTo(sender).length, pingsTo(reader).length], 'the sender has it').to.deep.equal([0, 1]);
    expect(answered).to.deep.equal([]);
    for (const other of ['', '7', `${pingsTo(reader)[0]}1`]) arrivals.answered(reader.connection, other);
    expect(answered).to.deep.equal([]);
    answer(reader);
    answer(reader);
    expect(answered).to.deep.equal([
      [bob, messageNumber(2)],
      [bob, messageNumber(3)],
    ]);
    arrivals.ask();
    expect(pingsTo(reader), 'nothing is new').to.have.length(1);
  });

  it('is asked for once at a time, however slow the line is, and what comes meanwhile behind the answer', () => {
    const [, reader] = connect(ada, bob) as [CapturedConnection, CapturedConnection];
    for (const n of [1, 2, 3]) {
      push(n);
      arrivals.ask();
    }
    expect(pingsTo(reader)).to.have.length(1);
    answer(reader);
    expect(answered).to.deep.equal([[bob, messageNumber(1)]]);
    expect(pingsTo(reader)).to.have.length(2);
    answer(reader);
    expect(answered.at(-1)).to.deep.equal([bob, messageNumber(3)]);
  });

  // A ping overtook the frames that wait for a resume.
  it('is not asked for while live frames wait for a resume', () => {
    const [, reader] = connect(ada, bob) as [CapturedConnection, CapturedConnection];
    reader.connection.hold(positionOf(0));
    push(1);
    arrivals.ask();
    expect(pingsTo(reader)).to.deep.equal([]);
    reader.connection.release(positionOf(0));
    push(2, otherGroup);
    arrivals.ask();
    answer(reader);
    expect(answered).to.deep.equal([
      [bob, messageNumber(1)],
      [bob, messageNumber(2)],
    ]);
  });

  it('is of no interest of a user who shows no receipts', () => {
    const [, reader, hiding] = connect(ada, bob, cleo) as [CapturedConnection, CapturedConnection, CapturedConnection];
    hub.audience.setReceipts(cleo, false);
    push(1);
    arrivals.ask();
    expect([pingsTo(reader).length, pingsTo(hiding).length]).to.deep.equal([1, 0]);
  });

  it('is what a client says that it has handled, and what its resume has sent, once it has answered', () => {
    const [, reader] = connect(ada, bob) as [CapturedConnection, CapturedConnection];
    const message = (n: number, senderId: UserId) => ({
      type: 'message.sent',
      message: { conversationId: group, messageId: messageNumber(n), seq: n, senderId },
    });
    for (const frame of [message(1, ada), { ...message(3, ada), type: 'message.edited' }, message(2, bob)]) {
      const sent = sentIn(frame);
      if (sent) arrivals.resent(reader.connection, bob, sent);
    }
    arrivals.resumed(reader.connection, bob, positionOf(4));
    expect(handled).to.deep.equal([[bob, '4']]);
    answer(reader);
    expect(answered).to.deep.equal([[bob, messageNumber(1)]]);
  });

  it('is asked for in a large group over several seconds, of everybody once, and of the newest message', () => {
    const users = Array.from({ length: 450 }, (_, n) => userNumber(n + 2));
    const sockets = connect(...users);
    push(1);
    const asked = () => sockets.reduce((sum, { said }) => sum + said.length, 0);
    const perSecond: number[] = [];
    for (let second = 0; second < 8; second += 1) {
      const before = asked();
      if (second === 1) push(2);
      arrivals.ask();
      for (const socket of sockets) answer(socket);
      perSecond.push(asked() - before);
    }
    expect(Math.max(...perSecond)).to.be.at.most(150);
    const newest = new Map(answered);
    expect(users.filter((userId) => newest.get(userId) !== messageNumber(2))).to.deep.equal([]);
    expect(perSecond.slice(-2)).to.deep.equal([0, 0]);
  });
});
