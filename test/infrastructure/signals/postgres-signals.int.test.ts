import { expect } from 'chai';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { PostgresSignals } from '../../../src/infrastructure/signals/postgres-signals.js';
import { listenTo, signalsContract, type OpenSignals, type SignalsUnderTest } from '../../contracts/signals.js';
import { eventually } from '../../support/eventually.js';
import { NO_BATCHES } from '../../support/no-batches.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const END_LISTENERS = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'listener of chatapp_signals'`;

/** Makes nodes on one database; those that are still open are closed at the end. */
const nodesOn = ({ pool, drop }: TestDatabase): SignalsUnderTest => {
  const open = new Set<PostgresSignals>();
  return {
    join: async (): Promise<OpenSignals> => {
      const signals = new PostgresSignals({ pool, log });
      await signals.open();
      open.add(signals);
      return signals;
    },
    close: async () => {
      await Promise.all([...open].map((signals) => signals.close()));
      await drop();
    },
  };
};

describe('Signals in PostgreSQL', () => {
  signalsContract(async () => nodesOn(await testDatabase()));

  it("sends a crowd's signals together, in payloads that PostgreSQL takes", async () => {
    const database = await testDatabase();
    const nodes = nodesOn(database);
    const [ada, bob] = [await nodes.join(), await nodes.join()];
    const news = listenTo(bob, 'news');
    const query = database.pool.query.bind(database.pool) as (text: string, values: unknown) => Promise<unknown>;
    const sent: (readonly string[])[] = [];
    Object.assign(database.pool, {
      query: (text: string, values: readonly [string, readonly string[]]) => {
        sent.push(values[1]);
        return query(text, values);
      },
    });
    for (let n = 0; n < 10_000; n += 1) ada.publish('news', { n });
    expect(await news.contents(10_000)).to.have.length(10_000);
    expect(sent).to.have.length(1);
    const sizes = sent.flat().map((payload) => Buffer.byteLength(payload));
    expect(Math.max(...sizes)).to.be.below(8_000);
    expect(sizes.length).to.be.below(30);
    await nodes.close();
  });

  it('has sent everything once it is closed', async () => {
    const database = await testDatabase();
    const nodes = nodesOn(database);
    const news = listenTo(await nodes.join(), 'news');
    const pool = createPool({ url: database.url, max: 1, name: 'leaving', onIdleError: () => undefined });
    const leaving = new PostgresSignals({ pool, log });
    await leaving.open();
    leaving.publish('news', { text: 'goodbye' });
    await leaving.close();
    await pool.end();
    expect(await news.contents(1)).to.deep.equal([{ text: 'goodbye' }]);
    await nodes.close();
  });

  it('says that it is behind while a thousand signals wait, and no more once they are sent', async () => {
    const database = await testDatabase();
    const nodes = nodesOn(database);
    const [ada, news] = [await nodes.join(), listenTo(await nodes.join(), 'news')];
    for (let n = 0; n < 999; n += 1) ada.publish('news', { n });
    expect(ada.isBehind).to.equal(false);
    ada.publish('news', { n: 999 });
    expect(ada.isBehind).to.equal(true);
    await news.contents(1_000);
    // The other node may hear them before this one is answered that they are sent.
    await eventually(
      async () => ada.isBehind,
      (isBehind) => !isBehind,
    );
    await nodes.close();
  });

  describe('when things go wrong', () => {
    let database: TestDatabase;
    let nodes: SignalsUnderTest;
    let ada: OpenSignals;
    let bob: OpenSignals;

    beforeEach(async () => {
      database = await testDatabase();
      nodes = nodesOn(database);
      [ada, bob] = [await nodes.join(), await nodes.join()];
    });
    afterEach(() => nodes.close());

    const missed = (signals: OpenSignals) =>
      new Promise<void>((resolve) => {
        const stop = signals.onMissed(() => {
          stop();
          resolve();
        });
      });

    it('listens again after its connection was lost, and says that signals may have been missed', async () => {
      const news = listenTo(bob, 'news');
      ada.publish('news', { n: 1 });
      await news.contents(1);
      const both = Promise.all([missed(ada), missed(bob)]);
      await database.pool.query(END_LISTENERS);
      await both;
      ada.publish('news', { n: 2 });
      expect(await news.contents(2)).to.deep.equal([{ n: 1 }, { n: 2 }]);
    });

    it('says that signals were missed when the sender could not send them', async () => {
      const news = listenTo(bob, 'news');
      ada.publish('news', { n: 1 });
      await news.contents(1);
      const query = database.pool.query.bind(database.pool);
      // The node may still be busy with the first failure; the connection works again once it was cut for the second
      // time.
      const isCut = new Promise<void>((resolve) => {
        const cut = () => {
          resolve();
          return Promise.reject(new Error('the line is cut'));
        };
        Object.assign(database.pool, { query: cut });
      });
      const isMissed = missed(bob);
      ada.publish('news', { n: 'lost' });
      await isCut;
      Object.assign(database.pool, { query });
      ada.publish('news', { n: 3 });
      await isMissed;
      expect(await news.contents(2)).to.deep.equal([{ n: 1 }, { n: 3 }]);
    });

    it("passes over what is nobody's signal", async () => {
      const news = listenTo(bob, 'news');
      for (const payload of NO_BATCHES) await database.pool.query("select pg_notify('chatapp_signals', $1)", [payload]);
      ada.publish('news', { n: 1 });
      expect(await news.contents(1)).to.deep.equal([{ n: 1 }]);
    });
  });
});
