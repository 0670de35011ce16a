import { expect } from 'chai';
import type pg from 'pg';
import { LeaseLostError } from '../../../../src/application/ports/projection-store.js';
import type { Position } from '../../../../src/domain/kernel/ids.js';
import { prepareGeneration } from '../../../../src/infrastructure/projections/postgres/generations.js';
import { PostgresProjectionStore } from '../../../../src/infrastructure/projections/postgres/postgres-projection-store.js';
import type { ReadModel } from '../../../../src/infrastructure/projections/postgres/read-model.js';
import { eventually } from '../../../support/eventually.js';
import { numbersProjection as projection, type Numbers } from '../../../support/numbers-projection.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { recordedAt } from '../../../support/recorded-event.js';
import { plain } from '../../../support/test-codec.js';

const INSUFFICIENT_PRIVILEGE = '42501';

const at = (position: number) => String(position) as Position;

/** It notes whether the commits that change checkpoints, or stop projections, wait for the disk. */
const NOTE_DURABILITY = `
  create table public.noted (n serial, durability text);
  create function public.note() returns trigger language plpgsql as $$
    begin
      insert into public.noted (durability) values (current_setting('synchronous_commit'));
      return null;
    end $$;
  create trigger note after update on projections.checkpoints for each row execute function public.note();
  create trigger note after insert on projections.stopped for each row execute function public.note()`;

describe('The store of a projection', () => {
  let database: TestDatabase;
  const stores: PostgresProjectionStore<Numbers>[] = [];
  /** The calls that the writers of the read model got, in order. */
  let told: string[];

  /** A read model that holds numbers and refuses those below 0. */
  const readModel: ReadModel<Numbers> = {
    tables: 'create table numbers (n integer primary key check (n >= 0))',
    recent: () => [],
    open: () => {
      let added: number[] = [];
      const statements = () => {
        told.push(`write ${added.join()}`);
        return [{ text: 'insert into numbers select unnest($1::integer[])', values: [added] }]; // it is in the projection's schema
      };
      const settle = (results: readonly pg.QueryResult[] | undefined) => {
        told.push(results ? `committed ${results.map(({ rowCount }) => rowCount).join()}` : 'rolled back');
        added = [];
      };
      return { writers: { add: (n) => void added.push(n) }, batch: [{ statements, settle }] };
    },
  };

  beforeEach(async () => {
    database = await testDatabase();
    told = [];
    const client = await database.pool.connect();
    await prepareGeneration(client, projection, readModel);
    client.release();
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.release();
    await database.drop();
  });

  const open = () => {
    const parts = { config: database.pool.options, projection, readModel, schema: 'numbers' };
    const store = new PostgresProjectionStore(parts);
    stores.push(store);
    return store;
  };
  const query = async (text: string) => (await database.pool.query<Record<string, unknown>>(text)).rows;
  const numbers = async () => (await query('select n from numbers.numbers order by n')).map(({ n }) => n);
  const checkpoint = async () => (await query('select * from projections.checkpoints'))[0];
  const apply = (store: PostgresProjectionStore<Numbers>, from: number, to: number) =>
    store.apply({ events: [recordedAt(to)], parked: [], from: at(from), to: at(to) });
  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => expect.fail('it should have been refused'),
      (error: unknown) => error,
    );

  it('writes rows and checkpoint together, and tells the writers that they were committed', async () => {
    const store = open();
    expect(await store.acquire()).to.deep.equal({ position: '0', parked: new Set() });
    await apply(store, 0, 1);
    await apply(store, 1, 2);
    expect([await numbers(), (await checkpoint())?.['position']]).to.deep.equal([[1, 2], '2']);
    expect(told).to.deep.equal(['write 1', 'committed 1', 'write 2', 'committed 1']);
  });

  it('writes neither where a row is refused, forgets the batch, and goes on from where it was', async () => {
    const store = open();
    await store.acquire();
    const refused = { ...recordedAt(1), ...plain(-1) };
    const error = await failureOf(store.apply({ events: [refused], parked: [], from: at(0), to: at(1) }));
    expect(error).to.have.property('code', '23514');
    expect(store.isTransient(error)).to.equal(false);
    expect([await numbers(), (await checkpoint())?.['position']]).to.deep.equal([[], '0']);
    await apply(store, 0, 2);
    expect(told).to.deep.equal(['write -1', 'rolled back', 'write 2', 'committed 1']);
    expect(await numbers()).to.deep.equal([2]);
  });

  it('writes nothing where the checkpoint is another, and says that the lease is lost', async () => {
    const store = open();
    await store.acquire();
    await apply(store, 0, 2);
    const error = await failureOf(apply(store, 1, 4));
    expect(error).to.be.instanceOf(LeaseLostError);
    expect(String(error)).to.include('another node has taken over version 3 of projection numbers');
    expect(await numbers()).to.deep.equal([2]);
    expect(told.slice(2)).to.deep.equal(['write 4', 'rolled back']);
  });

  it('remembers what is parked, once, and tells whoever takes the lease next', async () => {
    const store = open();
    await store.acquire();
    const event = recordedAt(1);
    const park = { events: [], parked: [{ event, reason: 'it is odd' }] };
    await store.apply({ ...park, from: at(0), to: at(1) });
    await store.apply({ ...park, from: at(1), to: at(1) });
    const { eventId, streamId, type } = event;
    expect(
      await query('select projection, position, stream_id, event_id, type, reason from projections.parked'),
    ).to.deep.equal([
      { projection: 'numbers', position: '1', stream_id: streamId, event_id: eventId, type, reason: 'it is odd' },
    ]);
    expect(await store.acquire()).to.deep.equal({ position: '1', parked: new Set([streamId]) });
  });

  // After a crash of PostgreSQL an epoch that was not on the disk would be given out again, and a stop would be
  // forgotten.
  it('waits for the disk where the lease is taken or the projection is stopped, and not for its batches', async () => {
    await database.pool.query(NOTE_DURABILITY);
    const store = open();
    await store.acquire();
    await apply(store, 0, 1);
    await store.seize();
    await store.stop(at(1), 'it is odd');
    expect(
      (await query('select durability from public.noted order by n')).map(({ durability }) => durability),
    ).to.deep.equal(['on', 'off', 'on', 'on']);
  });

  it('is taken by nobody once it was stopped, and says why, the last time', async () => {
    const store = open();
    await store.acquire();
    await store.stop(at(7), 'the first time');
    await store.stop(at(8), 'the second time');
    expect(await query('select projection, position, reason from projections.stopped')).to.deep.equal([
      { projection: 'numbers', position: '8', reason: 'the second time' },
    ]);
    expect(await store.acquire()).to.equal(undefined);
    await store.release();
    expect(await open().acquire()).to.equal(undefined);
  });

  it("is nobody else's while it is held, and free at once when it is let go", async () => {
    const [one, other] = [open(), open()];
    await one.acquire();
    expect(await other.acquire()).to.equal(undefined);
    expect(await one.acquire(), 'its own').to.have.property('position', '0');
    await one.release();
    expect(await checkpoint()).to.include({ held_by: null, session: null, lease_until: null });
    expect(await other.acquire()).to.have.property('position', '0');
    await one.release(); // there is nothing to release
  });

  it('does not let go of what another has taken meanwhile', async () => {
    const [one, other] = [open(), open()];
    await one.acquire();
    await apply(one, 0, 1);
    await other.seize();
    const taken = await checkpoint();
    await one.release();
    expect(await checkpoint()).to.deep.equal(taken);
    await apply(other, 1, 2);
    expect(await failureOf(apply(one, 2, 4))).to.be.instanceOf(LeaseLostError);
  });

  it('is renewed when that is asked for the first time, and not again right behind a batch', async () => {
    const lease = async () =>
      (await query('select lease_until::text from projections.checkpoints'))[0]?.['lease_until'];
    const store = open();
    await store.acquire();
    const taken = await lease();
    await store.renew();
    const renewed = await lease();
    expect(renewed).not.to.equal(taken);
    await store.renew();
    expect(await lease()).to.equal(renewed);
    await apply(store, 0, 1);
    const applied = await lease();
    await store.renew();
    expect(await lease()).to.equal(applied);
    const renewedAgain = async () => {
      await store.renew();
      return lease();
    };
    await eventually(renewedAgain, (until) => until !== applied); // the lease ends where the batch has left it
  });

  it('refuses to seize what is not there', async () => {
    await database.pool.query(`delete from projections.checkpoints`);
    expect(String(await failureOf(open().seize()))).to.include(
      'there are no tables for version 3 of projection numbers yet',
    );
  });

  it('works on one connection, which tells whose it is', async () => {
    const store = open();
    await store.acquire();
    await apply(store, 0, 1);
    const sessions = await query(
      `select application_name as name, pid || ' ' || extract(epoch from backend_start) as session
         from pg_stat_activity where application_name like 'chatapp projection%' and datname = current_database()`,
    );
    expect(sessions).to.deep.equal([
      { name: 'chatapp projection numbers', session: (await checkpoint())?.['session'] },
    ]);
  });

  it('keeps no connection whose session it cannot tell, and refuses to work on it', async () => {
    await database.pool.query('revoke select on pg_stat_activity from public');
    const config = { ...database.pool.options, options: '-c role=pg_write_all_data' };
    const store = new PostgresProjectionStore({ config, projection, readModel, schema: 'numbers' });
    stores.push(store);
    expect(await failureOf(store.acquire())).to.have.property('code', INSUFFICIENT_PRIVILEGE);
    await eventually(
      () =>
        query(
          `select from pg_stat_activity where datname = current_database() and application_name like 'chatapp projection%'`,
        ),
      ({ length }) => length === 0,
    );
  });
});
