import { expect } from 'chai';
import { PresenceBoard } from '../../../src/application/presence/presence-board.js';
import type { NodeId } from '../../../src/application/ports/signals.js';
import type { PresenceStatus, Report } from '../../../src/application/presence/presence.js';
import { user } from '../../support/presence-nodes.js';

const [one, two] = ['one', 'two'] as [NodeId, NodeId];
const [ada, bob] = [user('ada'), user('bob')];

const report = (userId: typeof ada, status: PresenceStatus, seenAt: number): Report => ({ userId, status, seenAt });

describe('The board of who is there', () => {
  let board: PresenceBoard;
  beforeEach(() => (board = new PresenceBoard()));

  it('shows a user of whom nothing is known as offline, without a time', () =>
    expect(board.of(ada)).to.deep.equal({ status: 'offline' }));

  it('shows somebody online who is so on any node, and without a time', () => {
    board.apply(one, [report(ada, 'away', 100)]);
    expect(board.of(ada)).to.deep.equal({ status: 'away', lastSeenAt: 100 });
    expect(board.apply(two, [report(ada, 'online', 200)])).to.deep.equal([ada]);
    expect(board.of(ada)).to.deep.equal({ status: 'online' });
    expect(board.apply(one, [report(ada, 'offline', 100)])).to.deep.equal([]);
    expect(board.of(ada)).to.deep.equal({ status: 'online' });
  });

  it('names those alone of whom something else is shown than before', () => {
    expect(board.apply(one, [report(ada, 'online', 1), report(bob, 'away', 1)])).to.deep.equal([ada, bob]);
    expect(board.apply(one, [report(ada, 'online', 2), report(bob, 'away', 2)])).to.deep.equal([bob]);
    expect(board.apply(two, [report(ada, 'offline', 9)])).to.deep.equal([]);
  });

  it('keeps the latest time at which somebody was seen on any node', () => {
    board.apply(one, [report(ada, 'online', 100)]);
    board.apply(two, [report(ada, 'away', 50)]);
    board.apply(one, [report(ada, 'offline', 300)]);
    expect(board.of(ada)).to.deep.equal({ status: 'away', lastSeenAt: 300 });
    board.apply(two, [report(ada, 'offline', 50)]);
    expect(board.of(ada)).to.deep.equal({ status: 'offline', lastSeenAt: 300 });
  });

  it('forgets a node with everybody who was on it alone', () => {
    board.apply(one, [report(ada, 'online', 1), report(bob, 'away', 2)]);
    board.apply(two, [report(bob, 'online', 3)]);
    expect(board.forget(one, 500)).to.deep.equal([ada]);
    expect(board.of(ada)).to.deep.equal({ status: 'offline', lastSeenAt: 500 });
    expect(board.forget(two, 600)).to.deep.equal([bob]);
    expect(board.of(bob)).to.deep.equal({ status: 'offline', lastSeenAt: 600 });
    expect(board.forget(two, 700)).to.deep.equal([]);
  });

  it('knows better when somebody was last seen who was away on a node that is forgotten', () => {
    board.apply(one, [report(ada, 'away', 100)]);
    expect(board.forget(one, 500)).to.deep.equal([ada]);
    expect(board.of(ada)).to.deep.equal({ status: 'offline', lastSeenAt: 100 });
  });

  it('lets those go whom a snapshot does not name, and nobody before it is over', () => {
    board.apply(one, [report(ada, 'online', 1), report(bob, 'online', 1)]);
    board.beginSnapshot(one);
    expect(board.apply(one, [report(bob, 'online', 2)])).to.deep.equal([]);
    expect(board.of(ada)).to.deep.equal({ status: 'online' });
    expect(board.endSnapshot(one, 9)).to.deep.equal([ada]);
    expect(board.of(ada)).to.deep.equal({ status: 'offline', lastSeenAt: 9 });
    expect(board.endSnapshot(one, 10)).to.deep.equal([]);
  });

  it('remembers a bounded number of users, and those who left last', () => {
    board = new PresenceBoard(2);
    for (const [index, name] of ['a', 'b', 'a', 'c'].entries()) {
      board.apply(one, [report(user(name), 'online', index)]);
      board.apply(one, [report(user(name), 'offline', index)]);
    }
    expect(board.of(user('b'))).to.deep.equal({ status: 'offline' });
    expect(board.of(user('a'))).to.deep.equal({ status: 'offline', lastSeenAt: 2 });
    expect(board.of(user('c'))).to.deep.equal({ status: 'offline', lastSeenAt: 3 });
  });
});
