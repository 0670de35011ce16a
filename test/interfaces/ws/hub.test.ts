import { expect } from 'chai';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { Hub } from '../../../src/interfaces/ws/hub.js';
import { textFrame } from '../../../src/interfaces/ws/text-frame.js';
import { captureConnection } from '../../support/captured-connection.js';
import { ada, bob, conversationNumber, positionOf, sessionNumber } from '../../support/ids.js';

const group = conversationNumber(1);

// The hub could follow nobody, follow for ever, or drop a user when the first of the user's sockets closed: every test
// passed.
describe('The hub', () => {
  let hub: Hub;
  beforeEach(() => (hub = new Hub()));

  const open = (userId?: UserId, session = 1) => {
    const captured = captureConnection(userId, sessionNumber(session));
    hub.open(captured.connection);
    if (userId) hub.attach(captured.connection, userId);
    return captured;
  };

  it('knows all sockets, and those of a user once they are attached', () => {
    const [silent, joining, own] = [captureConnection(), captureConnection(ada), open(ada)];
    for (const { connection } of [silent, joining]) hub.open(connection);
    expect([...hub.all]).to.deep.equal([own, silent, joining].map(({ connection }) => connection));
    expect([...hub.of(ada)]).to.deep.equal([own.connection]);
    expect([...hub.of(bob)]).to.deep.equal([]);
  });

  it('follows a user from the first of their sockets to the last', () => {
    const [phone, laptop] = [open(ada), open(ada)];
    hub.audience.add(group, ada);
    hub.forget(phone.connection);
    expect([hub.audience.isFollowed(ada), [...hub.audience.of(group)]]).to.deep.equal([true, [ada]]);
    expect([...hub.of(ada)]).to.deep.equal([laptop.connection]);
    hub.forget(laptop.connection);
    expect([hub.audience.isFollowed(ada), [...hub.audience.of(group)]]).to.deep.equal([false, []]);
    expect([[...hub.of(ada)], [...hub.all]]).to.deep.equal([[], []]);
  });

  it('forgets a socket that never said whose it is, one that was not attached, and one that it has forgotten', () => {
    const [silent, joining, own] = [open(), captureConnection(ada), open(ada)];
    hub.open(joining.connection);
    for (const { connection } of [silent, joining]) hub.forget(connection);
    expect([[...hub.all], hub.audience.isFollowed(ada)]).to.deep.equal([[own.connection], true]);
    hub.forget(own.connection);
    hub.forget(own.connection);
    expect([[...hub.all], hub.audience.isFollowed(ada)]).to.deep.equal([[], false]);
  });

  it('finds the sockets of a session, or of a user, or all', () => {
    const [first, second, other, silent] = [open(ada, 1), open(ada, 2), open(bob, 3), open()];
    const concerned = (...whom: Parameters<Hub['concerned']>) => hub.concerned(...whom);
    expect(concerned(null, sessionNumber(2))).to.deep.equal([second.connection]);
    expect(concerned(ada, null)).to.deep.equal([first.connection, second.connection]);
    expect(concerned(ada, sessionNumber(3))).to.deep.equal([]);
    expect(concerned(null, null)).to.deep.equal([first, second, other, silent].map(({ connection }) => connection));
  });

  it('knows how far a session was pushed to, also when its sockets are gone', () => {
    const [phone, tablet, other] = [open(ada, 1), open(ada, 1), open(ada, 2)];
    const frame = textFrame({});
    const pushedTo = (session: number) => hub.pushedTo({ userId: ada, sessionId: sessionNumber(session) });
    expect(pushedTo(1)).to.equal('0');
    phone.connection.release(positionOf(3)); // it gets frames from here on
    expect(pushedTo(1)).to.equal('0');
    phone.connection.push(frame, positionOf(4));
    tablet.connection.push(frame, positionOf(10));
    other.connection.push(frame, undefined);
    expect([pushedTo(1), pushedTo(2)]).to.deep.equal(['10', '0']);
    hub.forget(tablet.connection);
    expect(pushedTo(1)).to.equal('10');
    phone.connection.push(frame, positionOf(11));
    expect(pushedTo(1)).to.equal('11');
    hub.forget(phone.connection);
    expect([pushedTo(1), pushedTo(2)]).to.deep.equal(['11', '0']);
  });

  it('does not count frames that wait behind a resume', () => {
    const { connection } = open(ada, 1);
    connection.hold(positionOf(0));
    connection.push(textFrame({}), positionOf(4));
    expect(hub.pushedTo({ userId: ada, sessionId: sessionNumber(1) })).to.equal('0');
    connection.release(positionOf(2));
    expect(hub.pushedTo({ userId: ada, sessionId: sessionNumber(1) })).to.equal('4');
  });

  it('sends to every socket of a user, and of nobody else, with its place in the order', () => {
    const [phone, laptop, other] = [open(ada), open(ada), open(bob)];
    hub.send(ada, textFrame({ type: 'hello' }), positionOf(5));
    expect([phone, laptop, other].map(({ frames }) => frames())).to.deep.equal([
      [{ type: 'hello' }],
      [{ type: 'hello' }],
      [],
    ]);
    expect(phone.connection.servedUpTo(positionOf(1))).to.equal('5');
  });
});
