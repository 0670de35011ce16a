import { expect } from 'chai';
import type pg from 'pg';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { openTcpProxy, type Fault, type TcpProxy } from '../../support/tcp-proxy.js';
import { eventNumbered, numberOf, testCodec } from '../../support/test-codec.js';

const log = { warn: () => undefined, error: () => undefined };
/** This text is in every request that appends. */
const APPEND = 'log.append_group';
const COUNT = 30;

/**
 * A writer that gave up at the first lost connection passed every test: connections had been cut between two commits,
 * never within one. A connection that went silent kept its caller waiting without end.
 */
describe('An append whose connection fails in the middle of its commit', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  let store: PostgresEventStore;

  beforeEach(async () => {
    database = await testDatabase();
    proxy = await openTcpProxy(database.url);
    pool = createPool({ url: proxy.url, max: 5, name: 'test', onIdleError: () => undefined });
    store = await createPostgresEventStore({ pool, codec: testCodec, log, limits: { answerWithinMs: 2_000 } });
  });
  afterEach(async () => {
    await store.close();
    await pool.end();
    await proxy.close();
    await database.drop();
  });

  const append = (n: number) =>
    store.append({
      streams: [{ streamId: streamOf('thing', String(n)), expected: 'no stream', events: [eventNumbered(n)] }],
    });

  const follow = async (): Promise<RecordedEvent[]> => {
    const ending = new AbortController();
    const seen: RecordedEvent[] = [];
    for await (const { events } of store.subscribe({ signal: ending.signal })) {
      seen.push(...events);
      if (seen.length >= COUNT + 1) ending.abort();
    }
    return seen;
  };

  const faults: readonly (readonly [string, Fault, boolean])[] = [
    ['whose answer is lost', { what: 'drop the answer' }, true],
    ['that is answered by silence', { what: 'go silent' }, true],
    ['of which only the first bytes arrive', { what: 'cut', atByte: 40 }, false],
    ['whose answer is late', { what: 'delay', milliseconds: 100 }, false],
  ];
  for (const [name, fault, repeated] of faults)
    it(`is in the log once, with all that came behind it: one ${name}`, async () => {
      await append(0); // the connection is open now
      const following = follow();
      const failed = proxy.failNext(APPEND, fault);
      const first = append(1);
      await failed;
      const others = Array.from({ length: COUNT - 1 }, (_, n) => append(n + 2));
      expect(await first).to.have.property('repeated', repeated);
      await Promise.all(others);
      const numbers = (await following).map(numberOf);
      expect(numbers.slice(0, 2)).to.deep.equal([0, 1]);
      expect([...numbers].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: COUNT + 1 }, (_, n) => n));
      expect(await store.head()).to.equal(String(COUNT + 1));
    });
});
