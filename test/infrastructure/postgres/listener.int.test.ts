import { expect } from 'chai';
import type pg from 'pg';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { PostgresListener } from '../../../src/infrastructure/postgres/listener.js';
import { PostgresSignals } from '../../../src/infrastructure/signals/postgres-signals.js';
import { listenTo } from '../../contracts/signals.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { openTcpProxy, type Fault, type TcpProxy } from '../../support/tcp-proxy.js';
import { eventNumbered, numberOf, testCodec } from '../../support/test-codec.js';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** A listener asks for a sign of life by this query. */
const PROBE = 'select 1';
/** With this limit a subscription does not find by itself what it was not told of. */
const NEVER_MS = 2_000_000_000;

// A connection that had gone silent looked like one on which nothing happens: nothing came any more, and nobody
// noticed.
describe('A listener whose connection fails', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let pool: pg.Pool;

  beforeEach(async () => {
    database = await testDatabase();
    proxy = await openTcpProxy(database.url);
    pool = createPool({ url: proxy.url, max: 2, name: 'far', onIdleError: () => undefined });
  });
  afterEach(async () => {
    await pool.end();
    await proxy.close();
    await database.drop();
  });

  const faults: readonly (readonly [string, Fault])[] = [
    ['goes silent', { what: 'go silent' }],
    ['is cut', { what: 'cut', atByte: 3 }],
  ];
  for (const [name, fault] of faults) {
    it(`says that notifications may have been missed, and gets the next: one that ${name}`, async () => {
      const heard: string[] = [];
      let toldOf = 0;
      const listener = new PostgresListener({
        config: pool.options,
        channel: 'chatapp_projections',
        owner: 'the test',
        onNotify: (payload) => heard.push(payload),
        onReconnect: () => (toldOf += 1),
        log,
      });
      await listener.open();
      await proxy.failNext(PROBE, fault);
      await eventually(
        async () => toldOf,
        (times) => times === 1,
        40_000,
      );
      await database.pool.query(`select pg_notify('chatapp_projections', 'messages 7')`);
      await eventually(
        async () => heard,
        (all) => all.includes('messages 7'),
      );
      await listener.close();
    });

    it(`lets a subscriber in another process miss nothing: one that ${name}`, async () => {
      const near = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log });
      const far = await createPostgresEventStore({ pool, codec: testCodec, log, limits: { pollMs: NEVER_MS } });
      const append = (n: number) =>
        near.append({
          streams: [{ streamId: streamOf('thing', String(n)), expected: 'no stream', events: [eventNumbered(n)] }],
        });
      const ending = new AbortController();
      const seen: unknown[] = [];
      const following = (async () => {
        for await (const { events } of far.subscribe({ signal: ending.signal })) seen.push(...events.map(numberOf));
      })();
      const until = (count: number) =>
        eventually(
          async () => seen,
          (all) => all.length >= count,
          40_000,
        );
      await append(1);
      await until(1);
      await proxy.failNext(PROBE, fault);
      await append(2);
      await until(2);
      await append(3);
      await until(3);
      expect(seen).to.deep.equal([1, 2, 3]);
      ending.abort();
      await following;
      await far.close();
      await near.close();
    });

    it(`says that signals may have been missed, and hears of the next: one that ${name}`, async () => {
      const [far, near] = [new PostgresSignals({ pool, log }), new PostgresSignals({ pool: database.pool, log })];
      await far.open();
      await near.open();
      const news = listenTo(far, 'presence');
      near.publish('presence', { n: 1 });
      await news.contents(1);
      const missed = new Promise<void>((resolve) => far.onMissed(resolve));
      await proxy.failNext(PROBE, fault);
      await missed;
      near.publish('presence', { n: 2 });
      expect(await news.contents(2)).to.deep.equal([{ n: 1 }, { n: 2 }]);
      await far.close();
      await near.close();
    });
  }
});
