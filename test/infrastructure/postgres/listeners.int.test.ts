import { expect } from 'chai';
import pg from 'pg';
import type { AppendBatch } from '../../../src/application/ports/event-store.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

const log = { warn: () => undefined, error: () => undefined };
const LISTENERS = 'select pid from log.listeners';

describe('A notification', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let near: PostgresEventStore;
  let bystander: pg.Client;
  let heard: (string | undefined)[];

  beforeEach(async () => {
    database = await testDatabase();
    pool = createPool({ url: database.url, max: 2, name: 'far', onIdleError: () => undefined });
    near = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log });
    bystander = new pg.Client({ connectionString: database.url });
    await bystander.connect();
    heard = [];
    bystander.on('notification', ({ payload }) => heard.push(payload));
    await bystander.query('listen chatapp_log'); // this listener is not registered, unlike the program's own
  });
  afterEach(async () => {
    await near.close();
    await bystander.end();
    await pool.end();
    await database.drop();
  });

  const batchOf = (n: number): AppendBatch => ({
    streams: [{ streamId: streamOf('thing', String(n)), expected: 'no stream', events: [eventNumbered(n)] }],
  });
  const append = (n: number) => near.append(batchOf(n));
  /** Waits until a last notification is heard, and so everything that was notified before it. */
  const untilHeard = async (last: string) => {
    await database.pool.query(`select pg_notify('chatapp_log', $1)`, [last]);
    await eventually(
      async () => heard,
      (all) => all.includes(last),
    );
  };
  const listening = async () => (await database.pool.query<{ pid: number }>(LISTENERS)).rows.map(({ pid }) => pid);

  it('is sent only where another program listens', async () => {
    await append(1);
    await untilHeard('alone');
    expect(heard).to.deep.equal(['alone']);

    const far = await createPostgresEventStore({ pool, codec: testCodec, log });
    await append(2);
    await untilHeard('together');
    expect(heard).to.deep.equal(['alone', '', 'together']);

    await far.close();
    await append(3);
    await untilHeard('alone again');
    expect(heard).to.deep.equal(['alone', '', 'together', 'alone again']);
  });

  it('is sent by a batch that is judged by itself too', async () => {
    const far = await createPostgresEventStore({ pool, codec: testCodec, log });
    const batch = batchOf(1);
    await near.append(batch);
    await near.append(batch); // the second one is recognised as a repeat
    await untilHeard('twice');
    expect(heard).to.deep.equal(['', '', 'twice']);
    await far.close();
  });

  it('is sent to a session that has ended no longer than until the next one listens', async () => {
    await database.pool.query(`insert into log.listeners (channel, pid, owner) values ('chatapp_log', 0, 'gone')`);
    expect(await listening()).to.have.length(2);
    const far = await createPostgresEventStore({ pool, codec: testCodec, log });
    expect(await listening())
      .to.have.length(2)
      .and.not.include(0);
    await far.close();
    expect(await listening()).to.have.length(1);
  });
});
