import { expect } from 'chai';
import type pg from 'pg';
import type { EventStore } from '../../../src/application/ports/event-store.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { createPostgresGenerations } from '../../../src/infrastructure/projections/postgres/postgres-generations.js';
import type { ReadModel } from '../../../src/infrastructure/projections/postgres/read-model.js';
import { repairFromLog } from '../../../src/application/projections/repair-from-log.js';
import { verifyProjection } from '../../../src/application/projections/verify.js';
import { eventually } from '../../support/eventually.js';
import {
  batchOf as batch,
  numbersProjection as projection,
  numbersReadModel as readModel,
  type Numbers,
} from '../../support/numbers-projection.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { recordedAt } from '../../support/recorded-event.js';
import { ScriptedLog } from '../../support/scripted-log.js';

/** An action that happens right before each query with this text in it. */
type Interruption = readonly [text: string, happens: () => Promise<unknown>];

const NEVER: Interruption = ['nothing at all', async () => undefined];

describe('Tables made anew beside a projection', () => {
  let database: TestDatabase;
  let log: ScriptedLog;
  let before: Interruption;
  let heard: string[];

  beforeEach(async () => {
    database = await testDatabase();
    log = new ScriptedLog();
    log.put(batch(1, 2), batch(3, 4, 5));
    heard = [];
    before = NEVER;
    await createPostgresGenerations({ pool: database.pool, projection, readModel }).prepare();
    await database.pool.query('insert into numbers.numbers values (1), (2), (4), (5)');
    await reach(5);
  });
  afterEach(() => database.drop());

  const reach = (position: number) =>
    database.pool.query(`update projections.checkpoints set position = $1 where name = 'numbers'`, [position]);

  /** Answers the pool of the database, with actions between two queries. */
  const interrupted = (): pg.Pool => {
    const connect = async () => {
      const client = await database.pool.connect();
      const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>;
      const interruptedQuery = async (...given: unknown[]) => {
        if (String(given[0]).includes(before[0])) await before[1]();
        return query(...given);
      };
      return Object.assign(client, { query: interruptedQuery });
    };
    const query = database.pool.query.bind(database.pool);
    return Object.assign(Object.create(database.pool) as pg.Pool, { connect, query });
  };
  const parts = (version = projection.version, model: ReadModel<Numbers> = readModel) => ({
    events: log as unknown as EventStore,
    projection: { ...projection, version },
    generations: createPostgresGenerations({
      pool: interrupted(),
      projection: { ...projection, version },
      readModel: model,
    }),
    onEvents: (position: Position, events: number) => void heard.push(`${events} events up to ${position}`),
    onTable: (table: string) => heard.push(table),
  });
  const repairedBy = (repair: NonNullable<ReadModel<Numbers>['repair']>) =>
    parts(projection.version, { ...readModel, repair });
  const schemas = async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select nspname as name from pg_namespace where nspname like 'numbers%' union all
       select name from projections.checkpoints order by name`,
    );
    return rows.map(({ name }) => name);
  };

  it('are filled up to its checkpoint and compared with its own, and report how far they have come', async () => {
    before = ['for update', async () => heard.push('held')];
    const { position, tables } = await verifyProjection(parts());
    expect(position).to.equal('5');
    expect(tables).to.have.length(1);
    expect(tables[0]).to.include({ table: 'numbers', rows: 4, expected: 4, difference: null });
    expect(heard).to.deep.equal(['held', '2 events up to 2', '2 events up to 5', 'numbers']);
    expect(log.subscriptions).to.deep.equal([{ after: '0', filter: { types: ['RequestAccepted'] } }]);
    expect(await schemas()).to.deep.equal(['numbers', 'numbers']);
  });

  it('are brought near its checkpoint before it is held', async () => {
    log.put({ ...batch(6), position: '2000' as Position });
    await reach(2_000);
    before = ['for update', async () => heard.push('held')];
    expect((await verifyProjection(parts())).tables[0]).to.include({ rows: 4, difference: null });
    expect(heard).to.deep.equal(['2 events up to 2', '2 events up to 5', '0 events up to 2000', 'held', 'numbers']);
  });

  it('leave out what is parked', async () => {
    const { eventId, streamId, type } = recordedAt(4);
    await database.pool.query(
      `insert into projections.parked (projection, position, stream_id, event_id, type, reason)
       values ('numbers', 4, $1, $2, $3, 'no reason')`,
      [streamId, eventId, type],
    );
    await database.pool.query('delete from numbers.numbers where n = 4');
    expect((await verifyProjection(parts())).tables[0]).to.include({ rows: 3, expected: 3, difference: null });
  });

  it('are compared as of the moment in which the projection was held', async () => {
    // This is what the projection writes as soon as it can.
    const late: Interruption = [
      `current_setting('statement_timeout')`,
      () => database.pool.query('delete from numbers.numbers'),
    ];
    before = ['begin isolation level', async () => (before = late)]; // from there on
    const { tables } = await verifyProjection(parts());
    expect(tables[0]).to.include({ rows: 4, difference: null });
  });

  it('differ where a second look finds it too', async () => {
    await database.pool.query('delete from numbers.numbers where n = 2');
    const { tables } = await verifyProjection(parts());
    expect(tables[0]?.difference).to.deep.equal({ table: 'numbers', key: { n: '2' }, problem: 'missing', columns: [] });
    expect(heard.filter((what) => what === 'numbers')).to.have.length(2);
  });

  it('are looked at twice where one of them differs, whatever the others do', async () => {
    await database.pool.query('create table numbers.others (n integer primary key)');
    await database.pool.query('delete from numbers.numbers where n = 2');
    const both = { ...readModel, tables: `${readModel.tables}; create table others (n integer primary key)` };
    const { tables } = await verifyProjection(parts(projection.version, both));
    expect(tables.map(({ table, difference }) => [table, difference !== null])).to.deep.equal([
      ['numbers', true],
      ['others', false],
    ]);
    expect(heard.filter((what) => what === 'numbers')).to.have.length(2);
  });

  it('leave no connection behind', async () => {
    await verifyProjection(parts());
    const others = `select from pg_stat_activity
      where datname = current_database() and application_name = 'chatapp projection numbers_verify'`;
    await eventually(
      async () => (await database.pool.query(others)).rowCount,
      (count) => count === 0,
      5_000,
    );
  });

  it('do not differ where a second look finds nothing, further on in the log', async () => {
    await database.pool.query('delete from numbers.numbers where n = 2');
    const goOn = async () => {
      before = NEVER;
      log.put(batch(6, 7));
      await database.pool.query('insert into numbers.numbers values (2), (7)');
      await reach(7);
    };
    const onTable = (table: string) => {
      heard.push(table);
      if (heard.filter((what) => what === table).length === 1) before = ['begin', goOn]; // the second look begins here
    };
    const { position, tables } = await verifyProjection({ ...parts(), onTable });
    expect(position).to.equal('7');
    expect(tables[0]).to.include({ rows: 5, expected: 5, difference: null });
  });

  it('are not made for a projection of another version', async () => {
    const refusal: unknown = await verifyProjection(parts(4)).catch((error: unknown) => error);
    expect(String(refusal)).to.include('the tables of numbers are of another version');
    expect(log.subscriptions).to.deep.equal([]);
  });

  it('are gone, and hold nothing, when what they were made for fails', async () => {
    const failing = repairFromLog(repairedBy(() => ['select 1 / 0']));
    expect(await failing.catch((error: unknown) => error)).to.have.property('code', '22012');
    expect(await schemas()).to.deep.equal(['numbers', 'numbers']);
    log.put(batch(6));
    await reach(6); // nobody holds the lease now
    expect((await verifyProjection(parts())).position).to.equal('6');
  });

  it('put right what is wrong, in one transaction, and answer how many rows that were', async () => {
    await database.pool.query('delete from numbers.numbers where n > 2');
    await database.pool.query('insert into numbers.numbers values (9)');
    const statements = (anew: string) => [
      `insert into numbers.numbers select n from ${anew}.numbers on conflict do nothing`,
      `delete from numbers.numbers where n not in (select n from ${anew}.numbers)`,
      'set local timezone = utc',
    ];
    expect(await repairFromLog(repairedBy(statements))).to.equal(3);
    expect((await verifyProjection(parts())).tables[0]).to.include({ rows: 4, difference: null });
  });
});
