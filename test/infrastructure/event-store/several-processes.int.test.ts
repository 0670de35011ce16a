import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import pg from 'pg';
import type { EventStore, RecordedEvent } from '../../../src/application/ports/event-store.js';
import { streamOf, type Position } from '../../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered, numberOf, testCodec } from '../../support/test-codec.js';

const WRITERS = 4;
const APPENDS_EACH = 250;
/** An append holds this lock while it takes its positions. */
const LOG_LOCK = 7_226_427;
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

  /** Cuts the connections of this name, and answers how many there were. */
  const terminate = async (application: string): Promise<number | null> => {
    const { rowCount } = await database.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()',
      [application],
    );
    return rowCount;
  };

  /** Lets no append commit until the lock is released. */
  const holdLog = async () => {
    const holder = await database.pool.connect();
    await holder.query('begin');
    await holder.query('select pg_advisory_xact_lock($1)', [LOG_LOCK]);
    return async () => {
      await holder.query('rollback');
      holder.release();
    };
  };

  const waitingForLock = async (): Promise<number> => {
    const { rows } = await database.pool.query<{ count: number }>(
      `select count(*)::int from pg_locks
        where locktype = 'advisory' and objid = $1 and not granted
          and database = (select oid from pg_database where datname = current_database())`,
      [LOG_LOCK],
    );
    return rows[0]!.count;
  };

  it('shows every position once and in order to whoever starts anywhere while 4 processes write', async function () {
    this.timeout(180_000); // starting four processes takes long
    const total = WRITERS * APPENDS_EACH;
    const children = Array.from({ length: WRITERS }, () =>
      fork(new URL('./appending-process.ts', import.meta.url), [database.url, String(APPENDS_EACH)], {
        execArgv: ['--import', 'tsx'],
      }),
    );
    const ended = children.map((child) => once(child, 'exit'));
    const early = follow(store, '0' as Position, total);
    const startedAt = await eventually(
      () => store.head(),
      (head) => Number(head) >= total / 4,
      150_000,
    );
    const late = follow(store, startedAt, total);
    const own = append(store, 1); // this process appends one more between those of the others
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
    expect(await following).to.have.length(20); // the other transaction is still open
    await idle.query('rollback');
    await idle.end();
    await elsewhere.drop();
  });

  // The writer was cut between two appends: nothing failed, and a writer that repeats nothing passed the test.
  it('goes on when the connections of its writer and its listener are cut, and loses and doubles nothing', async () => {
    const following = follow(store, '0' as Position, 60);
    const appends: Promise<unknown>[] = [];
    const appendUpTo = async (end: number) => {
      for (let n = appends.length; n < end; n += 1) {
        appends.push(append(store, n));
        if (n % 5 === 0) await appends[n]; // it waits now and then, so that there are many commits
      }
    };
    await appendUpTo(20);
    const letGo = await holdLog();
    appends.push(append(store, 20));
    await eventually(waitingForLock, (count) => count === 1);
    expect(await terminate('chatapp log writer'), 'in the middle of an append').to.equal(1);
    await letGo();
    await appendUpTo(40);
    expect(await terminate('listener of chatapp_log')).to.equal(1);
    await appendUpTo(60);
    await Promise.all(appends);
    const numbers = (await following).map(numberOf);
    expect([...numbers].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 60 }, (_, n) => n));
  });
});
