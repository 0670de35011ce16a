import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { inOneTrip, ONE_TRIP_SETTINGS } from '../../../src/infrastructure/postgres/one-trip.js';
import { refuse } from '../../../src/infrastructure/postgres/refusals.js';
import { openSession } from '../../../src/infrastructure/postgres/session.js';
import { isTransient } from '../../../src/infrastructure/postgres/sql-state.js';
import { errorCode } from '../../../src/infrastructure/error-code.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';

const READ_ONLY_TRANSACTION = '25006';
const CHECK_VIOLATION = '23514';
const PARTS = { name: 'test', settings: ONE_TRIP_SETTINGS, answerWithinMs: 10_000, pipeline: true };

describe('Statements in one trip', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let client: pg.Client;

  beforeEach(async () => {
    database = await testDatabase();
    await database.pool.query('create table numbers (n integer primary key check (n >= 0))');
    proxy = await openTcpProxy(database.url);
    client = await openSession({ connectionString: proxy.url }, PARTS, () => undefined);
  });
  afterEach(async () => {
    await client.end();
    await proxy.close();
    await database.drop();
  });

  const insert = (n: number) => ({ text: 'insert into numbers values ($1) returning n', values: [n] });
  const numbers = async () =>
    (await database.pool.query<{ n: number }>('select n from numbers order by n')).rows.map(({ n }) => n);
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('are committed together, and each is answered', async () => {
    const results = await inOneTrip(client, [insert(1), { text: 'select 7 as seven' }, insert(2)]);
    expect(results.map(({ rows }) => rows as unknown[])).to.deep.equal([[{ n: 1 }], [{ seven: 7 }], [{ n: 2 }]]);
    expect(await numbers()).to.deep.equal([1, 2]);
  });

  it('leave before any of them is answered', async () => {
    const silent = proxy.failNext('begin', { what: 'go silent' });
    const answer = failureOf(inOneTrip(client, [insert(1), insert(2)]));
    await silent;
    for (let found: number[] = []; found.length < 2; found = await numbers());
    await proxy.refuse();
    expect(await answer).to.be.instanceOf(Error);
  });

  // The time limit of each statement began when all were sent: a batch of slow ones was aborted, and tried again for
  // ever.
  it('may take longer together than one of them may', async () => {
    const parts = { ...PARTS, answerWithinMs: 1_000 };
    const impatient = await openSession({ connectionString: database.url }, parts, () => undefined);
    const results = await inOneTrip(
      impatient,
      Array.from({ length: 4 }, () => ({ text: 'select pg_sleep(0.4)' })),
    );
    expect(results).to.have.length(4);
    const failure = await failureOf(inOneTrip(impatient, [{ text: 'select pg_sleep(5)' }]));
    expect(isTransient(failure)).to.equal(true);
    await impatient.end();
  });

  it('write nothing where one fails, whose failure is told as what it means; the connection goes on', async () => {
    const meaning = new Error('too small');
    const explain = (error: unknown) => (errorCode(error) === CHECK_VIOLATION ? meaning : error);
    const failure = await failureOf(inOneTrip(client, [insert(1), { ...insert(-1), explain }, insert(2)]));
    expect(failure).to.equal(meaning);
    expect(await numbers()).to.deep.equal([]);
    await inOneTrip(client, [insert(3)]);
    expect(await numbers()).to.deep.equal([3]);
  });

  it('are refused by the database where one of them says so, with its code and reason', async () => {
    const refusal = { text: `select case when $1 then ${refuse('ZA009', `'not ' || 'this'`)} end`, values: [true] };
    const failure = await failureOf(inOneTrip(client, [insert(1), refusal]));
    expect([errorCode(failure), (failure as Error).message]).to.deep.equal(['ZA009', 'not this']);
    expect(await numbers()).to.deep.equal([]);
  });

  // When only the `begin` fails, as by a cancellation, the statements behind it would be committed one by one.
  it('are written in their transaction, or not at all: the session itself is read-only', async () => {
    const failure = await failureOf(client.query(insert(1)));
    expect(errorCode(failure)).to.equal(READ_ONLY_TRANSACTION);
    expect(await numbers()).to.deep.equal([]);
  });
});

describe('Statements in one trip to a standby', () => {
  it('are tried again later: it may take over', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'chatapp-standby-'));
    const quiet = { info: () => undefined, warn: () => undefined };
    try {
      await (await startEmbeddedPostgres(dataDir, quiet)).stop();
      await writeFile(join(dataDir, 'postgres', 'standby.signal'), '');
      const standby = await startEmbeddedPostgres(dataDir, quiet);
      const client = await openSession({ connectionString: standby.url }, PARTS, () => undefined);
      const failure = await inOneTrip(client, [{ text: 'select 1' }]).catch((error: unknown) => error);
      await client.end();
      await standby.stop();
      expect([isTransient(failure), (failure as Error).message]).to.deep.equal([true, 'the database is a standby']);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
