import { createPool } from '../../src/infrastructure/postgres/pool.js';
import { createPostgresGenerations } from '../../src/infrastructure/projections/postgres/postgres-generations.js';
import { createProjectionStatuses } from '../../src/infrastructure/projections/postgres/projection-statuses.js';
import type { ReadModel } from '../../src/infrastructure/projections/postgres/read-model.js';
import type { EngineUnderTest } from '../contracts/projection-steps.js';
import { eventually } from './eventually.js';
import { numbersProjection, numbersReadModel, type Numbers } from './numbers-projection.js';
import { testDatabase, type TestDatabase } from './postgres.js';
import { openTcpProxy } from './tcp-proxy.js';
import { numberOf } from './test-codec.js';

const MISSING = `
  select position::text, format('number %s is missing', n) as problem
    from json_to_recordset($1) as i (n integer, position bigint)
   where not exists (select from numbers.numbers t where t.n = i.n)`;

const model: ReadModel<Numbers> = {
  ...numbersReadModel,
  tables: 'create table numbers (n integer primary key check (n >= 0))',
  recent: ({ events }) => {
    const rows = events.map((event) => ({ n: numberOf(event), position: event.position }));
    return [{ text: MISSING, values: [JSON.stringify(rows)] }];
  },
  repair: (anew) => [
    `delete from numbers.numbers where n not in (select n from ${anew}.numbers)`,
    `insert into numbers.numbers select n from ${anew}.numbers on conflict do nothing`,
  ],
};

const STRAY = `
  select nspname as name from pg_namespace
   where nspname ~ '^numbers' and nspname not in (select name from projections.checkpoints)`;

const MORTAL = 'mortal node';
const OF_THE_DEAD = `
  select from pg_stat_activity
   where datname = current_database() and (application_name = '${MORTAL}' or application_name like 'chatapp projection%')`;

/** It ends every session that a test has left; what the test made is removed afterwards. */
const END_OTHERS = `
  select pg_terminate_backend(pid, 5000) from pg_stat_activity
   where datname = current_database() and pid <> pg_backend_pid()`;
const EMPTY = `
  drop schema if exists numbers, numbers_rebuild, numbers_verify cascade;
  truncate projections.checkpoints, projections.parked, projections.stopped`;

/** These databases are empty again and are used anew, because creating one takes as long as a test. */
const emptied: TestDatabase[] = [];

/** Drops the databases that were kept. */
export const dropPostgresEngines = async (): Promise<void> => {
  for (const { drop } of emptied.splice(0)) await drop();
};

/** Opens projections in a PostgreSQL database that holds nothing else. */
export const openPostgresEngine = async (): Promise<EngineUnderTest> => {
  const database = emptied.pop() ?? (await testDatabase());
  const pool = createPool({ url: database.url, max: 10, name: 'test', onIdleError: () => undefined });
  return {
    statuses: createProjectionStatuses(pool),
    generations: (projection = numbersProjection) => createPostgresGenerations({ pool, projection, readModel: model }),
    numbers: async () =>
      (await pool.query<{ n: number }>('select n from numbers.numbers order by n')).rows.map(({ n }) => n),
    tamper: async (how, n) => {
      const insert = 'insert into numbers.numbers values ($1)';
      await pool.query(how === 'add' ? insert : 'delete from numbers.numbers where n = $1', [n]);
    },
    strayTables: async () => (await pool.query<{ name: string }>(STRAY)).rows.map(({ name }) => name),
    expireLeases: async () => {
      await pool.query('update projections.checkpoints set lease_until = null');
    },
    mortal: async (steps) => {
      const dying = new AbortController();
      const proxy = await openTcpProxy(database.url);
      void proxy.dieAfter(steps).then(() => dying.abort());
      const cutOff = createPool({ url: proxy.url, max: 4, name: MORTAL, onIdleError: () => undefined });
      return {
        generations: createPostgresGenerations({ pool: cutOff, projection: numbersProjection, readModel: model }),
        death: dying.signal,
        bury: async () => {
          await cutOff.end();
          await proxy.close();
          await eventually(
            async () => (await pool.query(OF_THE_DEAD)).rowCount,
            (sessions) => sessions === 0,
          );
        },
      };
    },
    close: async () => {
      await pool.end();
      await database.pool.query(END_OTHERS);
      await database.pool.query(EMPTY);
      emptied.push(database);
    },
  };
};
