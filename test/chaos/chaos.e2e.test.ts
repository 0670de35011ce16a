import { expect } from 'chai';
import { KurrentDbDouble } from '../support/kurrentdb-double/kurrentdb-double.js';
import { describeOnMongo } from '../support/mongodb.js';
import { describeOnNats, startNats, type NatsServer } from '../support/nats.js';
import { chaos, type ChaosResult } from './run-chaos.js';

const MESSAGES = 200;
/** FerretDB reads whole collections. */
const FEWER = 50;
/** A phase that takes longer says what it waits for, before mocha ends the test without a word. */
const PHASE_MS = 180_000;
const LONG_MS = 900_000;
const QUIETLY = { phaseMs: PHASE_MS, onProgress: () => undefined };

/**
 * Everybody wrote on two servers on one database: a subscription assumed that its batches had no holes, so that 438 of
 * 10,001 messages never reached the read model, no frame told of them, nothing was parked, and both servers said that
 * they were ready.
 */
describe('two servers on which everybody writes', function () {
  this.timeout(LONG_MS);

  const expectNothingLost = ({ faults, logged, projected, acknowledged }: ChaosResult, messages = MESSAGES): void => {
    expect(faults, faults.join('\n')).to.deep.equal([]);
    expect(projected).to.equal(logged);
    expect(acknowledged).to.be.at.least(messages);
  };

  it('show in read models and frames exactly what is in the log', async () => {
    const result = await chaos({ seconds: 2, messages: MESSAGES, faults: false, ...QUIETLY });
    expectNothingLost(result);
    expect(result.opened).to.be.greaterThan(0);
  });

  it('still do when sockets are cut, servers killed, and PostgreSQL too', async () => {
    const result = await chaos({ seconds: 4, messages: MESSAGES, faults: true, ...QUIETLY });
    expectNothingLost(result);
    expect(result.socketsCut).to.be.at.least(10);
    expect(result.serversKilled).to.be.greaterThan(0);
    expect(result.databasesKilled).to.be.greaterThan(0);
    expect(result.connections).to.be.greaterThan(12);
  });

  it('still do with the log in KurrentDB (the double), at the faults of that', async () => {
    const double = await new KurrentDbDouble().start();
    const parts = { messages: FEWER, faults: true, double, ...QUIETLY };
    const result = await chaos({ seconds: 4, ...parts }).finally(() => double.stop());
    expectNothingLost(result, FEWER);
    expect(Object.keys(result.logFaults)).to.have.length.at.least(9);
    expect(result.socketsCut).to.be.at.least(10);
  });

  describeOnMongo('with messages in MongoDB', (mongo) =>
    describeOnNats('and signals over NATS', () => {
      let nats: NatsServer;
      before(async () => (nats = await startNats()));
      after(() => nats.stop());

      it('still do when these are killed as well', async () => {
        const parts = { mongo: mongo(), nats };
        const result = await chaos({ seconds: 3, messages: FEWER, faults: true, ...QUIETLY, ...parts });
        expectNothingLost(result, FEWER);
        expect(result.databasesKilled).to.be.greaterThan(0);
        expect(result.othersKilled).to.be.greaterThan(0);
      });
    }),
  );
});
