import { expect } from 'chai';
import type pg from 'pg';
import {
  ConcurrencyError,
  EventStoreOverloadedError,
  EventStoreUnavailableError,
  type AppendResult,
} from '../../../src/application/ports/event-store.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import type { StoreLimits } from '../../../src/infrastructure/event-store/postgres/store-limits.js';
import type { StoreObserver } from '../../../src/infrastructure/event-store/store-observer.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { openTcpProxy } from '../../support/tcp-proxy.js';
import { eventNumbered, numberOf, plain, testCodec } from '../../support/test-codec.js';

const AN_HOUR_MS = 3_600_000;

type Committed = Parameters<StoreObserver['committed']>[0];

const log = { warn: () => undefined, error: () => undefined };

describe('Appends that come at one moment', () => {
  let database: TestDatabase;
  let committed: Committed[];
  const stores: PostgresEventStore[] = [];

  beforeEach(async () => {
    database = await testDatabase();
    committed = [];
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    await database.drop();
  });

  const open = async (limits: Partial<StoreLimits> = {}, pool: pg.Pool = database.pool) => {
    const observer = { committed: (group: Committed) => committed.push(group) };
    const store = await createPostgresEventStore({ pool, codec: testCodec, log, observer, limits });
    stores.push(store);
    return store;
  };
  const append = (store: PostgresEventStore, n: number, note = '') =>
    store.append({
      streams: [
        {
          streamId: streamOf('thing', String(n)),
          expected: 'no stream',
          events: [{ ...eventNumbered(n), ...plain(n, note) }],
        },
      ],
    });
  const appendAll = (store: PostgresEventStore, count: number, note = ''): Promise<AppendResult>[] =>
    Array.from({ length: count }, (_, n) => append(store, n, note));
  const sizes = () => committed.map(({ appends, waiting }) => ({ appends, waiting }));

  it('are committed together, and get positions in the order they came', async () => {
    const store = await open();
    const results = await Promise.all(appendAll(store, 7));
    expect(results.map(({ position }) => position)).to.deep.equal(['1', '2', '3', '4', '5', '6', '7']);
    expect(committed).to.have.length(1);
    expect(committed[0]).to.include({ appends: 7, events: 7, waiting: 0 });
    expect(committed[0]?.seconds).to.be.within(0, 60);
  });

  it('are so many to a commit at most', async () => {
    const store = await open({ groupAppends: 3 });
    await Promise.all(appendAll(store, 7));
    expect(sizes()).to.deep.equal([
      { appends: 3, waiting: 4 },
      { appends: 3, waiting: 1 },
      { appends: 1, waiting: 0 },
    ]);
  });

  it('are so many bytes to a commit at most, of data and metadata; one that is larger goes alone', async () => {
    const [encoded] = await testCodec.encode([
      { streamId: streamOf('thing', '0'), events: [{ ...eventNumbered(0), ...plain(0, 'x') }] },
    ]);
    const bytes = encoded!.data.length + encoded!.metadata.length;
    await Promise.all(appendAll(await open({ groupBytes: 2 * bytes }), 5, 'x'));
    expect(sizes().map(({ appends }) => appends)).to.deep.equal([2, 2, 1]);
    committed = [];
    const small = await open({ groupBytes: 2 * bytes - 1 });
    await Promise.all([append(small, 10, 'x'), append(small, 11, 'x'.repeat(3 * bytes)), append(small, 12, 'x')]);
    expect(sizes().map(({ appends }) => appends)).to.deep.equal([1, 1, 1]);
  });

  it('are committed before the log is closed, and refused afterwards', async () => {
    const store = await open({ groupAppends: 1 });
    const appending = Promise.all(appendAll(store, 3));
    await new Promise(setImmediate); // they are encoded, and wait
    await store.close();
    expect(await appending).to.have.length(3);
    const refused: unknown = await append(store, 9).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(EventStoreUnavailableError);
  });

  it('are refused when too many wait, before they are encoded, and the log holds none of those', async () => {
    const store = await open({ groupAppends: 1, queuedAppends: 3 });
    const results = Promise.allSettled(appendAll(store, 7));
    await new Promise(setImmediate); // one is under way, and two wait
    const third = append(store, 7);
    await new Promise(setImmediate);
    const invalid = { ...eventNumbered(8), data: { n: 'no number' } };
    const refused: unknown = await store
      .append({ streams: [{ streamId: streamOf('thing', '8'), expected: 'any', events: [invalid] }] })
      .catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(EventStoreOverloadedError);
    const [kept, over] = [(await results).slice(0, 3), (await results).slice(3)];
    expect(kept.map(({ status }) => status)).to.deep.equal(Array(3).fill('fulfilled'));
    for (const each of over) expect(each).to.have.property('reason').that.is.instanceOf(EventStoreOverloadedError);
    expect(await third).to.deep.equal({ position: '4', repeated: false });
    expect(await store.head()).to.equal('4');
  });

  it('are judged one by one when one does not fit, and subscribers get the others at once', async () => {
    const store = await open({ pollMs: AN_HOUR_MS });
    await append(store, 1);
    const ending = new AbortController();
    const numbers: number[] = [];
    let results: Promise<PromiseSettledResult<AppendResult>[]> | undefined;
    for await (const { events, caughtUp } of store.subscribe({ signal: ending.signal })) {
      numbers.push(...events.map(numberOf));
      if (caughtUp) results ??= Promise.allSettled([append(store, 2), append(store, 1), append(store, 3)]);
      if (numbers.length > 1) ending.abort();
    }
    const [first, second, third] = (await results)!;
    expect(first).to.have.property('value').that.deep.equals({ position: '2', repeated: false });
    expect(second).to.have.property('reason').that.is.instanceOf(ConcurrencyError);
    expect(third).to.have.property('value').that.deep.equals({ position: '3', repeated: false });
    expect(numbers).to.deep.equal([1, 2, 3]);
    expect(committed.at(-1)).to.include({ appends: 3, events: 3, waiting: 0 });
  });

  it('fail together by what is no fault of the connection, and harm none that come later', async () => {
    const store = await open();
    await append(store, 1);
    await database.pool.query('alter table log.events rename to elsewhere');
    const failed = await Promise.allSettled([append(store, 2), append(store, 3)]);
    expect(failed.map((each) => each.status === 'rejected' && (each.reason as pg.DatabaseError).code)).to.deep.equal([
      '42P01',
      '42P01',
    ]);
    await database.pool.query('alter table log.elsewhere rename to events');
    expect(await append(store, 4)).to.deep.equal({ position: '2', repeated: false });
  });

  it('have the types of their events written down, each version once', async () => {
    const types = async () =>
      (await database.pool.query<object>('select type, schema_version from log.event_types order by type')).rows;
    const store = await open();
    await Promise.all([append(store, 1), append(store, 2)]);
    expect(await types()).to.deep.equal([{ type: 'RequestAccepted', schema_version: 2 }]);
    await database.pool.query('delete from log.event_types');
    await append(store, 3);
    expect(await types(), 'it is known to be there').to.deep.equal([]);
    await append(await open(), 4); // a store that finds none writes it down again
    expect(await types()).to.deep.equal([{ type: 'RequestAccepted', schema_version: 2 }]);
  });

  it('are given up once the database has been out of reach for too long, and accepted when it is there again', async () => {
    const proxy = await openTcpProxy(database.url);
    const pool = createPool({ url: proxy.url, max: 2, name: 'test', onIdleError: () => undefined });
    const store = await open({ retryForMs: 300 }, pool);
    await append(store, 1);
    await proxy.refuse();
    const refused: unknown = await append(store, 2).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(EventStoreUnavailableError).and.have.property('cause');
    await proxy.admit();
    expect(await append(store, 3)).to.deep.equal({ position: '2', repeated: false });
    await store.close();
    await pool.end();
    await proxy.close();
  });
});
