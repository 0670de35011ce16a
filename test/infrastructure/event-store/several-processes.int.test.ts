import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { UnknownEventError } from '../../../src/application/ports/event-codec.js';
import {
  EventStoreOverloadedError,
  type EventStore,
  type RecordedEvent,
} from '../../../src/application/ports/event-store.js';
import { streamOf, type Position } from '../../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

const WRITERS = 4;
const APPENDS_EACH = 250;
const log = { warn: () => undefined, error: () => undefined };

const append = (store: EventStore, n: number) =>
  store.append({
    streams: [{ streamId: streamOf('shared', String(n % 7)), expected: 'any', events: [eventNumbered(n)] }],
  });

const follow = async (store: EventStore, after: Position, upTo: number): Promise<RecordedEvent[]> => {
  const ending = new AbortController();
  const seen: RecordedEvent[] = [];
  for await (const { events } of store.subscribe({ after, signal: ending.signal })) {
    seen.push(...events);
    if (Number(seen.at(-1)?.position ?? 0) >= upTo) ending.abort();
  }
  return seen;
};

describe('The log in PostgreSQL, shared', () => {
  let database: TestDatabase;
  let store: Awaited<ReturnType<typeof createPostgresEventStore>>;

  beforeEach(async () => {
    database = await testDatabase();
    store = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log });
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const terminate = (application: string) =>
    database.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()',
      [application],
    );

  it('shows every position once and in order to whoever starts anywhere while 4 processes write', async function () {
    this.timeout(60_000);
    const total = WRITERS * APPENDS_EACH;
    const children = Array.from({ length: WRITERS }, () =>
      fork(new URL('./appending-process.ts', import.meta.url), [database.url, String(APPENDS_EACH)], {
        execArgv: ['--import', 'tsx'],
      }),
    );
    const ended = children.map((child) => once(child, 'exit'));
    const early = follow(store, '0' as Position, total);
    while (Number(await store.head()) < total / 4) await sleep(5);
    const startedAt = await store.head();
    const late = follow(store, startedAt, total);
    const own = append(store, 1); // one more from this very process, between those of the others
    expect(await Promise.all(ended)).to.deep.equal(children.map(() => [0, null]));
    await own;
    const positionsOf = (events: readonly RecordedEvent[]) =>
      events.map(({ position }) => Number(position)).filter((n) => n <= total);
    expect(positionsOf(await early)).to.deep.equal(Array.from({ length: total }, (_, n) => n + 1));
    const first = Number(startedAt);
    expect(positionsOf(await late)).to.deep.equal(Array.from({ length: total - first }, (_, n) => first + n + 1));
  });

  it('is delayed by no long transaction elsewhere in the cluster', async () => {
    const elsewhere = await testDatabase();
    const idle = new pg.Client({ connectionString: elsewhere.url });
    await idle.connect();
    await idle.query('begin isolation level repeatable read');
    await idle.query('select pg_current_xact_id()');
    const following = follow(store, '0' as Position, 20);
    for (let n = 0; n < 20; n += 1) await append(store, n);
    expect(await following).to.have.length(20); // while the other transaction is still open
    await idle.query('rollback');
    await idle.end();
    await elsewhere.drop();
  });

  it('goes on when the connections of its writer and its listener are cut, and loses and doubles nothing', async () => {
    const following = follow(store, '0' as Position, 60);
    const appends: Promise<unknown>[] = [];
    for (let n = 0; n < 60; n += 1) {
      appends.push(append(store, n));
      if (n === 20) await terminate('chatapp log writer');
      if (n === 40) await terminate('listener of chatapp_log');
      await sleep(1);
    }
    await Promise.all(appends);
    const numbers = (await following).map(({ data }) => (data as { n: number }).n);
    expect([...numbers].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 60 }, (_, n) => n));
  });

  it('refuses appends when too many wait, and writes none of those', async () => {
    const small = await createPostgresEventStore({
      pool: database.pool,
      codec: testCodec,
      log,
      limits: { queuedAppends: 5, groupAppends: 1 },
    });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => append(small, n)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).to.be.greaterThan(0);
    for (const { reason } of refused) expect(reason).to.be.instanceOf(EventStoreOverloadedError);
    expect(await small.head()).to.equal(String(20 - refused.length));
    await small.close();
  });

  it('does not open when it holds what this program cannot read', async () => {
    await database.pool.query(`insert into log.event_types values ('FromTheFuture', 1), ('ThingHappened', 9)`);
    const error = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log }).then(
      () => expect.fail('it should have been refused'),
      (refusal: unknown) => refusal,
    );
    expect(error).to.be.instanceOf(UnknownEventError);
    expect(String(error)).to.include('FromTheFuture version 1').and.to.include('ThingHappened version 9');
  });
});
