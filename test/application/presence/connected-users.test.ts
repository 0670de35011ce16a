import { expect } from 'chai';
import { ConnectedUsers } from '../../../src/application/presence/connected-users.js';
import { user } from '../../support/presence-nodes.js';

const GRACE = 4_000;
const AWAY = 300_000;
const START = 1_000_000;
const ada = user('ada');

describe('The users connected to a node', () => {
  let users: ConnectedUsers;
  beforeEach(() => (users = new ConnectedUsers({ graceMs: GRACE, awayAfterMs: AWAY })));

  const online = (seenAt: number) => ({ userId: ada, status: 'online', seenAt });
  const away = (seenAt: number) => ({ userId: ada, status: 'away', seenAt });
  const offline = (seenAt: number) => ({ userId: ada, status: 'offline', seenAt });

  it('are online from their first socket on', () => {
    expect(users.connected(ada, START)).to.deep.equal([online(START)]);
    expect(users.connected(ada, START + 1)).to.deep.equal([]);
    expect(users.all()).to.deep.equal([online(START + 1)]);
  });

  it('are offline once their last socket has been gone for the grace', () => {
    users.connected(ada, START);
    users.connected(ada, START);
    users.disconnected(ada, START + 1);
    expect(users.due(START + 1 + GRACE)).to.deep.equal([]);
    users.disconnected(ada, START + GRACE);
    expect(users.due(START + 2 * GRACE - 1)).to.deep.equal([]);
    expect(users.due(START + 2 * GRACE)).to.deep.equal([offline(START + GRACE)]);
    expect(users.due(START + 9 * GRACE)).to.deep.equal([]);
    expect(users.all()).to.deep.equal([]);
  });

  it('have not been gone when they are back within the grace', () => {
    users.connected(ada, START);
    users.disconnected(ada, START);
    expect(users.connected(ada, START + GRACE - 1)).to.deep.equal([]);
    expect(users.due(START + 5 * GRACE)).to.deep.equal([]);
  });

  it('are away once no frame has come for as long as that takes, from any socket', () => {
    users.connected(ada, START);
    users.connected(ada, START);
    expect(users.active(ada, START + AWAY - 1)).to.deep.equal([]);
    expect(users.due(START + 2 * AWAY - 2)).to.deep.equal([]);
    expect(users.due(START + 2 * AWAY - 1)).to.deep.equal([away(START + AWAY - 1)]);
    expect(users.due(START + 3 * AWAY)).to.deep.equal([]);
  });

  it('are online again with the next frame, or the next socket', () => {
    users.connected(ada, START);
    users.due(START + AWAY);
    expect(users.active(ada, START + AWAY + 1)).to.deep.equal([online(START + AWAY + 1)]);
    users.due(START + 2 * AWAY + 1);
    expect(users.connected(ada, START + 3 * AWAY)).to.deep.equal([online(START + 3 * AWAY)]);
  });

  it('were last seen when they left, or when they last did something, if they were away by then', () => {
    users.connected(ada, START);
    users.due(START + AWAY);
    users.disconnected(ada, START + 2 * AWAY);
    expect(users.due(START + 2 * AWAY + GRACE)).to.deep.equal([offline(START)]);
  });
});
