import { expect } from 'chai';
import { once } from 'node:events';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { isTransient } from '../../../src/infrastructure/postgres/sql-state.js';
import { inTransaction } from '../../../src/infrastructure/postgres/transaction.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

describe('A connection to PostgreSQL', () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
    await database.pool.query('create table public.notes (text text primary key)');
  });
  after(() => database.drop());
  afterEach(() => database.pool.query('truncate public.notes'));

  const failure = (sql: string) => database.pool.query(sql).catch((error: unknown) => error);

  for (const [text, instant] of [
    ['2026-01-31 12:00:00+00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31 12:00:00.5+00', '2026-01-31T12:00:00.500Z'],
    ['2026-01-31 12:00:00.123999+00', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31 01:00:00+02', '2026-01-30T23:00:00.000Z'],
  ] as const)
    it(`answers the time ${text} as ${instant}`, async () => {
      const { rows } = await database.pool.query('select $1::timestamptz as at', [text]);
      expect(rows).to.deep.equal([{ at: instant }]);
    });

  it('answers numbers of 64 bits as text, none of them rounded', async () => {
    const { rows } = await database.pool.query('select 9007199254740993::bigint as position');
    expect(rows).to.deep.equal([{ position: '9007199254740993' }]);
  });

  it('reports a connection that died while idle, and opens another', async () => {
    const errors: Error[] = [];
    const pool = createPool({ url: database.url, max: 1, name: 'dying', onIdleError: (error) => errors.push(error) });
    await pool.query('select 1');
    const told = once(pool, 'error');
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'dying' and datname = current_database()`,
    );
    await told;
    expect(errors.map(isTransient)).to.deep.equal([true]);
    expect((await pool.query('select 1 as one')).rows).to.deep.equal([{ one: 1 }]);
    await pool.end();
  });

  it('commits what succeeded, and takes back what failed', async () => {
    const client = await database.pool.connect();
    const answer = await inTransaction(client, async () => {
      await client.query(`insert into public.notes values ('kept')`);
      return 'done';
    });
    const error = new Error('no');
    const thrown = await inTransaction(client, async () => {
      await client.query(`insert into public.notes values ('lost')`);
      throw error;
    }).catch((caught: unknown) => caught);
    client.release();
    expect([answer, thrown]).to.deep.equal(['done', error]);
    expect((await database.pool.query('select text from public.notes')).rows).to.deep.equal([{ text: 'kept' }]);
  });

  it('reports a lost connection rather than the rollback that it makes impossible', async () => {
    const client = await database.pool.connect();
    const thrown = await inTransaction(client, () =>
      client.query('select pg_terminate_backend(pg_backend_pid())'),
    ).catch((caught: unknown) => caught);
    client.release(true);
    expect(thrown).to.have.property('code', '57P01');
    expect(isTransient(thrown)).to.equal(true);
  });

  it('knows what may succeed later from what never will', async () => {
    await database.pool.query(`insert into public.notes values ('there')`);
    expect(isTransient(await failure(`insert into public.notes values ('there')`))).to.equal(false);
    expect(isTransient(await failure('selec 1'))).to.equal(false);
    const canceled = await database.pool
      .query(`begin; set local statement_timeout = 10; select pg_sleep(5)`)
      .catch((error: unknown) => error);
    expect(isTransient(canceled)).to.equal(true);
    const nowhere = createPool({
      url: 'postgres://a@127.0.0.1:1/a',
      max: 1,
      name: 'none',
      onIdleError: () => undefined,
    });
    expect(isTransient(await nowhere.query('select 1').catch((error: unknown) => error))).to.equal(true);
    await nowhere.end();
    expect(isTransient(new TypeError('a bug'))).to.equal(false);
  });
});
