import { expect } from 'chai';
import type pg from 'pg';
import { WriterConnection } from '../../../src/infrastructure/event-store/postgres/writer-connection.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const SETTINGS = [
  ['synchronous_commit', 'on'],
  ['lock_timeout', '5s'],
  ['statement_timeout', '15s'],
  ['idle_in_transaction_session_timeout', '15s'],
  ['enable_seqscan', 'off'],
  ['enable_bitmapscan', 'off'],
  ['plan_cache_mode', 'force_generic_plan'],
  ['application_name', 'chatapp log writer'],
  ['chatapp.owner', 'the test'],
] as const;

describe('The connection of the writer', () => {
  let database: TestDatabase;
  let connection: WriterConnection;
  let opened: (number | null)[];

  beforeEach(async () => {
    database = await testDatabase();
    opened = [];
    connection = new WriterConnection({
      config: database.pool.options,
      owner: 'the test',
      answerWithinMs: 5_000,
      onOpen: (processId) => opened.push(processId),
    });
  });
  afterEach(async () => {
    await connection.close();
    await database.drop();
  });

  const pidOf = async (client: pg.Client) =>
    (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
  const sessions = async () => {
    const { rowCount } = await database.pool.query(
      `select from pg_stat_activity where application_name = 'chatapp log writer' and datname = current_database()`,
    );
    return rowCount;
  };
  const untilSessions = (count: number) => eventually(sessions, (found) => found === count);

  it('has settings of its own, whatever the database is set to', async () => {
    await database.pool.query(
      `do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`,
    );
    const client = await connection.open();
    const { rows } = await client.query<object>(
      'select name, current_setting(name) as set from unnest($1::text[]) as n (name)',
      [SETTINGS.map(([name]) => name)],
    );
    expect(rows).to.deep.equal(SETTINGS.map(([name, set]) => ({ name, set })));
  });

  it('is one and the same, and says which session it has', async () => {
    const client = await connection.open();
    expect(await connection.open()).to.equal(client);
    expect(opened).to.deep.equal([await pidOf(client)]);
  });

  it('is made anew after it was lost', async () => {
    const client = await connection.open();
    await database.pool.query('select pg_terminate_backend($1)', opened);
    await eventually(
      () => connection.open(),
      (found) => found !== client,
    );
    expect(opened).to.deep.equal([opened[0], await pidOf(await connection.open())]);
  });

  it('is made anew after it was discarded, and the old one is gone', async () => {
    const client = await connection.open();
    connection.discard();
    connection.discard(); // there is no connection to discard
    expect(await connection.open()).not.to.equal(client);
    await untilSessions(1);
  });

  it('stays when it is an earlier one whose end comes late', async () => {
    const client = await connection.open();
    connection.discard();
    const next = await connection.open();
    client.emit('end');
    expect(await connection.open()).to.equal(next);
  });

  it('is gone once it is closed', async () => {
    await connection.open();
    await connection.close();
    await untilSessions(0);
  });
});
