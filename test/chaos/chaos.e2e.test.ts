import { expect } from 'chai';
import { chaos, type ChaosResult } from './run-chaos.js';

const MESSAGES = 200;

/**
 * Everybody wrote on two servers on one database: a subscription assumed that its batches had no holes, so that 438 of
 * 10,001 messages never reached the read model, no frame told of them, nothing was parked, and both servers said that
 * they were ready.
 */
describe('two servers on which everybody writes', function () {
  this.timeout(180_000);

  const expectNothingLost = ({ faults, logged, projected, acknowledged }: ChaosResult): void => {
    expect(faults, faults.join('\n')).to.deep.equal([]);
    expect(projected).to.equal(logged);
    expect(acknowledged).to.be.at.least(MESSAGES);
  };

  it('show in read models and frames exactly what is in the log', async () => {
    const result = await chaos({ seconds: 2, messages: MESSAGES, faults: false, onProgress: () => undefined });
    expectNothingLost(result);
    expect(result.opened).to.be.greaterThan(0);
  });

  it('still do when sockets are cut, servers killed, and PostgreSQL too', async () => {
    const result = await chaos({ seconds: 4, messages: MESSAGES, faults: true, onProgress: () => undefined });
    expectNothingLost(result);
    expect(result.socketsCut).to.be.at.least(10);
    expect(result.serversKilled).to.be.greaterThan(0);
    expect(result.databasesKilled).to.be.greaterThan(0);
    expect(result.connections).to.be.greaterThan(12);
  });
});
