import { expect } from 'chai';
import type { Connection } from '../../../src/interfaces/ws/connection.js';
import { leavingBy, sayGoodbye } from '../../../src/interfaces/ws/goodbye.js';
import { Hub } from '../../../src/interfaces/ws/hub.js';
import { captureConnection } from '../../support/captured-connection.js';

const SECOND = 1_000;

describe('A goodbye', () => {
  it('is said to few sockets at once', () => {
    expect([1, 5, 10].map((sockets) => leavingBy(0, sockets, 4 * SECOND))).to.deep.equal([1, 5, 10]);
    expect(leavingBy(0, 11, 4 * SECOND)).to.equal(10);
  });

  it('is spread evenly over four fifths of the time, or over ten seconds', () => {
    const by = (elapsed: number, answersMs: number) => leavingBy(elapsed, 100_000, answersMs);
    expect([0, 800, 1_600, 3_199, 3_200].map((elapsed) => by(elapsed, 4 * SECOND))).to.deep.equal([
      10, 25_000, 50_000, 99_968, 100_000,
    ]);
    expect([5, 9.999, 10].map((elapsed) => by(elapsed * SECOND, 60 * SECOND))).to.deep.equal([50_000, 99_990, 100_000]);
    expect([500, 1_000].map((elapsed) => leavingBy(elapsed, 100, 60 * SECOND))).to.deep.equal([50, 100]);
  });

  it('is said to all where there is no time', () => expect(leavingBy(0, 1_000, 0)).to.equal(1_000));

  it('is said in slices: until its turn a socket is served, then nothing of it is begun', async () => {
    const hub = new Hub();
    const connections = Array.from({ length: 100 }, () => captureConnection().connection);
    for (const connection of connections) hub.open(connection);
    const closed: Connection[] = [];
    const said = sayGoodbye(hub, SECOND, (connection) => {
      if (connection.isClosed) return;
      closed.push(connection);
      connection.close('shuttingDown');
      hub.forget(connection);
    });
    expect(closed).to.deep.equal(connections.slice(0, 10));
    expect(connections.map(({ isLeaving }) => isLeaving).lastIndexOf(true)).to.equal(9);
    expect(await said).to.equal(0);
    expect(closed).to.deep.equal(connections);
  });
});
