import { expect } from 'chai';
import type pg from 'pg';
import { EventStoreUnavailableError, type AppendResult } from '../../../src/application/ports/event-store.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import type { StoreLimits } from '../../../src/infrastructure/event-store/postgres/store-limits.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

/** This text is in every request that appends. */
const APPEND = 'log.append_group';

type Outcome = { readonly error?: unknown; readonly result?: AppendResult };

// The time limit began anew with each group: while the database was silent, an append that waited behind ten groups
// failed after eleven times the limit, and every later one after that.
describe('An append that waits while the database is out of reach', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  let store: PostgresEventStore;
  let warnings: number;

  beforeEach(async () => {
    database = await testDatabase();
    proxy = await openTcpProxy(database.url);
    pool = createPool({ url: proxy.url, max: 5, name: 'test', onIdleError: () => undefined });
    warnings = 0;
  });
  afterEach(async () => {
    await store.close();
    await pool.end();
    await proxy.close();
    await database.drop();
  });

  const open = async (limits: Partial<StoreLimits>) => {
    const log = { warn: () => (warnings += 1), error: () => undefined };
    store = await createPostgresEventStore({ pool, codec: testCodec, log, limits: { groupAppends: 1, ...limits } });
    await append(0); // the connection is open now
  };

  const append = (n: number): Promise<Outcome> =>
    store
      .append({
        streams: [{ streamId: streamOf('thing', String(n)), expected: 'no stream', events: [eventNumbered(n)] }],
      })
      .then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );

  it('is given up after one time limit with all others, in whichever group they are', async () => {
    await open({ retryForMs: 500, answerWithinMs: 1_500 });
    let tries = 0;
    for (let n = 0; n < 20; n += 1) void proxy.failNext(APPEND, { what: 'go silent' }).then(() => (tries += 1));
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => append(n + 1)));
    for (const { error } of outcomes) expect(error).to.be.instanceOf(EventStoreUnavailableError);
    expect(tries).to.equal(1);
  });

  it('has the whole of its time, though the one before it has used up its own', async () => {
    await open({ retryForMs: 3_000 });
    await proxy.refuse();
    const first = append(1);
    await eventually(
      () => Promise.resolve(warnings),
      (count) => count >= 15,
    );
    const second = append(2);
    expect((await first).error).to.be.instanceOf(EventStoreUnavailableError);
    await proxy.admit();
    expect((await second).result).to.include({ repeated: false });
    expect(await append(3)).to.have.property('result');
  });
});
