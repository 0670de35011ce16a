import { expect } from 'chai';
import type pg from 'pg';
import { DatabaseOverloadedError } from '../../../src/application/ports/database-overloaded.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { openSession, SessionSettingsError, untimed } from '../../../src/infrastructure/postgres/session.js';
import { isTransient } from '../../../src/infrastructure/postgres/sql-state.js';
import { failureOf } from '../../../src/interfaces/failure.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';

const SETTINGS = { statement_timeout: '15000', synchronous_commit: 'on' };
const SHOW = `select current_setting('statement_timeout') as timeout, current_setting('synchronous_commit') as commit,
  current_setting('application_name') as name, current_setting('timezone') as zone`;

describe('A session of ours', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;

  before(async () => {
    database = await testDatabase();
    proxy = await openTcpProxy(database.url);
  });
  after(async () => {
    await proxy.close();
    await database.drop();
  });

  const open = (url: string, answerWithinMs = 20_000) =>
    openSession({ connectionString: url }, { name: 'ours', settings: SETTINGS, answerWithinMs }, () => undefined);

  /** Settings in the address replaced the server's own: it could append without waiting for the disk. */
  it('keeps its settings, whatever the address says', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c statement_timeout=0 -c synchronous_commit=off -c timezone=Asia/Tokyo');
    url.searchParams.set('application_name', 'theirs');
    const client = await open(url.href);
    expect((await client.query<object>(SHOW)).rows).to.deep.equal([
      { timeout: '15s', commit: 'on', name: 'ours', zone: 'Asia/Tokyo' },
    ]);
    await client.end();
    const pool = createPool({ url: url.href, max: 1, name: 'pool', onIdleError: () => undefined });
    expect((await pool.query<object>(SHOW)).rows).to.deep.equal([
      { timeout: '30s', commit: 'off', name: 'pool', zone: 'UTC' },
    ]);
    await pool.end();
  });

  /** A pooler that hands each statement to another session behaves like this. */
  it('is refused where what was set is forgotten', async () => {
    const forgetful = await testDatabase();
    await forgetful.pool.query('create schema forgetful');
    await forgetful.pool.query(`
      create function forgetful.set_config(name text, value text, is_local boolean) returns text
      language sql as 'select value'`);
    await forgetful.pool.query(
      `do $$ begin execute format('alter database %I set search_path = forgetful, pg_catalog', current_database()); end $$`,
    );
    const refusal = await open(forgetful.url).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(SessionSettingsError);
    expect(String(refusal)).to.include('forget application_name, statement_timeout');
    await forgetful.drop();
  });

  it('has its time limits again after work that had none', async () => {
    const client = await open(database.url);
    const during = await untimed(client, async () => (await client.query<{ timeout: string }>(SHOW)).rows[0]?.timeout);
    const failing = untimed(client, () => client.query('select 1 / 0')).catch((error: unknown) => error);
    expect(await failing).to.have.property('code', '22012');
    const [after] = (await client.query<{ timeout: string }>(SHOW)).rows;
    expect([during, after?.timeout]).to.deep.equal(['0', '15s']);
    await client.end();
  });

  it('gives up a silent connection again after work that had no limits, also where statements are sent together', async () => {
    const parts = { name: 'ours', settings: SETTINGS, answerWithinMs: 500, pipeline: true };
    const client = await openSession({ connectionString: proxy.url }, parts, () => undefined);
    await untimed(client, () => client.query('select pg_sleep(1)'));
    const silent = proxy.failNext('select 42', { what: 'go silent' });
    const failing = client.query('select 42').catch((error: unknown) => error);
    await silent;
    expect(isTransient(await failing)).to.equal(true);
  });

  /** A connection that went silent kept a command waiting without end. */
  it('gives up a question without an answer, and the connection with it', async () => {
    const client = await open(proxy.url, 500);
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    const silent = proxy.failNext('select 42', { what: 'go silent' });
    const failing = client.query('select 42').catch((error: unknown) => error);
    await silent;
    expect(isTransient(await failing)).to.equal(true);
    await ended;
  });

  /** A query waited for a free connection as long as for a new one, and its caller got a 500. */
  it('is waited for only so long while all are taken, and then answered 503', async () => {
    const pool = createPool({ url: database.url, max: 1, name: 'full', onIdleError: () => undefined });
    const client: pg.PoolClient = await pool.connect();
    const refused = await pool.query('select 1').catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(DatabaseOverloadedError);
    expect(failureOf(refused)).to.include({ code: 'overloaded', isOurs: false });
    expect(isTransient(refused)).to.equal(true);
    client.release();
    expect((await pool.query('select 1 as one')).rows).to.deep.equal([{ one: 1 }]);
    await pool.end();
  });

  /**
   * With one idle connection, all queries of the same moment but the first waited five times as long, and their callers
   * got a 500.
   */
  it('is waited for only so long where another has just taken the idle one', async () => {
    const pool = createPool({ url: database.url, max: 1, name: 'full', onIdleError: () => undefined });
    await pool.query('select 1');
    const [first, second] = [pool.connect(), pool.connect().catch((error: unknown) => error)];
    expect(await second).to.be.instanceOf(DatabaseOverloadedError);
    (await first).release();
    await pool.end();
  });

  /** Where one was idle, those who came with it were told after two seconds that all are taken, while theirs were being opened. */
  it('is waited for as long as it takes to open, where another has just taken the idle one', async () => {
    const pool = createPool({ url: proxy.url, max: 2, name: 'few', onIdleError: () => undefined });
    await pool.query('select 1');
    const opened = proxy.failNext('set_config(name', { what: 'delay', milliseconds: 2_500 });
    const [first, second, third] = [pool.connect(), pool.connect(), pool.connect().catch((error: unknown) => error)];
    await opened;
    expect(await third, 'there are two').to.be.instanceOf(DatabaseOverloadedError);
    for (const client of await Promise.all([first, second])) client.release();
    await pool.end();
  });
});
