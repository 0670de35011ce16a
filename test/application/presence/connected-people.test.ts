import { expect } from 'chai';
import { ConnectedPeople } from '../../../src/application/presence/connected-people.js';
import { user } from '../../support/presence-nodes.js';

const GRACE = 4_000;
const AWAY = 300_000;
const START = 1_000_000;
const ada = user('ada');

describe('The people connected to a node', () => {
  let people: ConnectedPeople;
  beforeEach(() => (people = new ConnectedPeople({ graceMs: GRACE, awayAfterMs: AWAY })));

  const online = (seenAt: number) => ({ userId: ada, status: 'online', seenAt });
  const away = (seenAt: number) => ({ userId: ada, status: 'away', seenAt });
  const offline = (seenAt: number) => ({ userId: ada, status: 'offline', seenAt });

  it('are online from their first socket on', () => {
    expect(people.connected(ada, START)).to.deep.equal([online(START)]);
    expect(people.connected(ada, START + 1)).to.deep.equal([]);
    expect(people.all()).to.deep.equal([online(START + 1)]);
  });

  it('are offline once their last socket has been gone for the grace', () => {
    people.connected(ada, START);
    people.connected(ada, START);
    people.disconnected(ada, START + 1);
    expect(people.due(START + 1 + GRACE)).to.deep.equal([]);
    people.disconnected(ada, START + GRACE);
    expect(people.due(START + 2 * GRACE - 1)).to.deep.equal([]);
    expect(people.due(START + 2 * GRACE)).to.deep.equal([offline(START + GRACE)]);
    expect(people.due(START + 9 * GRACE)).to.deep.equal([]);
    expect(people.all()).to.deep.equal([]);
  });

  it('have not been gone when they are back within the grace', () => {
    people.connected(ada, START);
    people.disconnected(ada, START);
    expect(people.connected(ada, START + GRACE - 1)).to.deep.equal([]);
    expect(people.due(START + 5 * GRACE)).to.deep.equal([]);
  });

  it('are away once no frame has come for as long as that takes, from any socket', () => {
    people.connected(ada, START);
    people.connected(ada, START);
    expect(people.active(ada, START + AWAY - 1)).to.deep.equal([]);
    expect(people.due(START + 2 * AWAY - 2)).to.deep.equal([]);
    expect(people.due(START + 2 * AWAY - 1)).to.deep.equal([away(START + AWAY - 1)]);
    expect(people.due(START + 3 * AWAY)).to.deep.equal([]);
  });

  it('are online again with the next frame, or the next socket', () => {
    people.connected(ada, START);
    people.due(START + AWAY);
    expect(people.active(ada, START + AWAY + 1)).to.deep.equal([online(START + AWAY + 1)]);
    people.due(START + 2 * AWAY + 1);
    expect(people.connected(ada, START + 3 * AWAY)).to.deep.equal([online(START + 3 * AWAY)]);
  });

  it('were last seen when they left, or when they last did something, if they were away by then', () => {
    people.connected(ada, START);
    people.due(START + AWAY);
    people.disconnected(ada, START + 2 * AWAY);
    expect(people.due(START + 2 * AWAY + GRACE)).to.deep.equal([offline(START)]);
  });
});
