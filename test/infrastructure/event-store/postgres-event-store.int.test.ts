import { expect } from 'chai';
import { UnknownEventError } from '../../../src/application/ports/event-codec.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { eventStoreContract } from '../../contracts/event-store.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { openTcpProxy } from '../../support/tcp-proxy.js';
import { eventNumbered, numberOf, testCodec } from '../../support/test-codec.js';

const log = { warn: () => undefined, error: () => undefined };
const AN_HOUR_MS = 3_600_000;

describe('The event store in PostgreSQL', () => {
  eventStoreContract(async (codec) => {
    const { pool, drop } = await testDatabase();
    const stores: PostgresEventStore[] = [];
    const beside = async () => {
      const store = await createPostgresEventStore({ pool, codec, log });
      stores.push(store);
      return store;
    };
    const close = async () => {
      for (const store of stores) await store.close();
      await drop();
    };
    return { store: await beside(), beside, close };
  });
});

describe('An event store in PostgreSQL, beside another one', () => {
  let database: TestDatabase;
  let other: PostgresEventStore;

  beforeEach(async () => {
    database = await testDatabase();
    other = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log });
  });
  afterEach(async () => {
    await other.close();
    await database.drop();
  });

  const append = (store: PostgresEventStore, n: number) =>
    store.append({ streams: [{ streamId: streamOf('thing', '1'), expected: 'any', events: [eventNumbered(n)] }] });

  /** Follows the log until it holds an event with this number; `onCaughtUp` is called whenever it has caught up. */
  const followTo = async (store: PostgresEventStore, end: number, onCaughtUp: () => void) => {
    const ending = new AbortController();
    const numbers: number[] = [];
    for await (const { events, caughtUp } of store.subscribe({ signal: ending.signal })) {
      numbers.push(...events.map(numberOf));
      if (numbers.at(-1) === end) ending.abort();
      else if (caughtUp) onCaughtUp();
    }
    return numbers;
  };

  it('gets what the other one appends, and says that it listens', async () => {
    let answers = 0;
    const onListening = () => (answers += 1);
    const limits = { pollMs: AN_HOUR_MS };
    const store = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log, onListening, limits });
    expect(answers).to.be.at.least(1);
    let appended = 0;
    const numbers = await followTo(store, 3, () => void append(other, (appended += 1)));
    expect(numbers).to.deep.equal([1, 2, 3]);
    await store.close();
  });

  it('reads what it may have missed once its connection is there again', async () => {
    const proxy = await openTcpProxy(database.url);
    const pool = createPool({ url: proxy.url, max: 2, name: 'test', onIdleError: () => undefined });
    const store = await createPostgresEventStore({ pool, codec: testCodec, log, limits: { pollMs: AN_HOUR_MS } });
    const missing = async () => {
      await proxy.refuse();
      await append(other, 1);
      await proxy.admit();
    };
    expect(await followTo(store, 1, () => void missing())).to.deep.equal([1]);
    await store.close();
    await pool.end();
    await proxy.close();
  });

  it('does not open when it holds what this program cannot read', async () => {
    await database.pool.query(`insert into log.event_types values ('FromTheFuture', 1), ('RequestAccepted', 9)`);
    const error = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log }).then(
      () => expect.fail('it should have been refused'),
      (refusal: unknown) => refusal,
    );
    expect(error).to.be.instanceOf(UnknownEventError);
    expect(String(error)).to.include('FromTheFuture version 1').and.to.include('RequestAccepted version 9');
  });
});
