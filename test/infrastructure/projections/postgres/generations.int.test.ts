import { expect } from 'chai';
import type pg from 'pg';
import { GenerationGoneError } from '../../../../src/application/ports/projection-store.js';
import { LOG_START } from '../../../../src/domain/kernel/position.js';
import {
  beginGeneration,
  checkpointOf,
  confirmVersion,
  dropGeneration,
  isOutdated,
  prepareGeneration,
  rebuildSchema,
  requireGeneration,
  switchGeneration,
  verifySchema,
} from '../../../../src/infrastructure/projections/postgres/generations.js';
import { eventually } from '../../../support/eventually.js';
import { numbersProjection as projection, numbersReadModel as readModel } from '../../../support/numbers-projection.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';

const { name, version } = projection;
const NEXT = { name, version: version + 1 };
const HELD = 7;
/** Makes tables, after waiting for a lock that the test holds. */
const SLOW_TABLES = `select pg_advisory_xact_lock(${HELD}); ${readModel.tables}`;
const WAITING = `
  select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;

describe('a generation of a projection', () => {
  let database: TestDatabase;
  let client: pg.PoolClient;

  beforeEach(async () => {
    database = await testDatabase();
    client = await database.pool.connect();
  });
  afterEach(async () => {
    client.release();
    await database.drop();
  });

  const prepare = () => prepareGeneration(client, projection, readModel);
  const fill = (schema: string, position: number) =>
    client.query('update projections.checkpoints set position = $2 where name = $1', [schema, position]);
  const beginNext = () => beginGeneration(client, rebuildSchema(name), NEXT, readModel);
  const put = (n: number, schema = name) => client.query(`insert into ${schema}.numbers values ($1)`, [n]);
  const numbers = async () => (await client.query<{ n: number }>(`select n from ${name}.numbers`)).rows;
  /** Answers the version and the position of each checkpoint, by schema. */
  const checkpoints = async () => {
    const { rows } = await client.query<{ name: string; version: number; position: string }>(
      'select name, version, position from projections.checkpoints order by name',
    );
    return rows.map((row) => [row.name, row.version, row.position]);
  };
  const schemas = async () => {
    const { rows } = await client.query<{ schema: string }>(
      `select nspname as schema from pg_namespace where nspname like $1 || '%' order by 1`,
      [name],
    );
    return rows.map(({ schema }) => schema);
  };

  describe('that is prepared', () => {
    it('is made where there is none, and is then of this version', async () => {
      expect(await prepare()).to.deep.equal({ outdated: false });
      expect(await checkpoints()).to.deep.equal([[name, version, LOG_START]]);
      expect(await numbers()).to.deep.equal([]);
    });

    it('is left as it is where there is one of this version', async () => {
      await prepare();
      await put(1);
      expect(await prepare()).to.deep.equal({ outdated: false });
      expect(await numbers()).to.deep.equal([{ n: 1 }]);
    });

    it('is left as it is, and said to be outdated, where there is one of another version', async () => {
      await prepare();
      await put(1);
      expect(await prepareGeneration(client, NEXT, readModel)).to.deep.equal({ outdated: true });
      expect(await numbers()).to.deep.equal([{ n: 1 }]);
      expect(await checkpoints()).to.deep.equal([[name, version, LOG_START]]);
    });

    it('is made once by several nodes that begin at the same moment', async () => {
      const nodes = [await database.pool.connect(), await database.pool.connect()];
      await client.query('select pg_advisory_lock($1)', [HELD]);
      const prepared = Promise.all(
        nodes.map((node) => prepareGeneration(node, projection, { tables: SLOW_TABLES }).finally(() => node.release())),
      );
      await eventually(
        async () => (await client.query(WAITING)).rowCount,
        (waiting) => waiting === nodes.length,
      ).finally(() => client.query('select pg_advisory_unlock($1)', [HELD]));
      expect(await prepared).to.deep.equal([{ outdated: false }, { outdated: false }]);
    });
  });

  describe('with its version', () => {
    it('is not outdated where there is none', async () => expect(await isOutdated(client, projection)).to.equal(false));

    it('is outdated for a program of another version alone', async () => {
      await prepare();
      expect(await isOutdated(client, projection)).to.equal(false);
      expect(await isOutdated(client, NEXT)).to.equal(true);
      expect(await isOutdated(client, { name, version: version - 1 })).to.equal(true);
    });

    it('is of the version that is confirmed, and no other generation is', async () => {
      await prepare();
      await beginGeneration(client, verifySchema(name), projection, readModel);
      await confirmVersion(client, NEXT);
      expect(await isOutdated(client, NEXT)).to.equal(false);
      expect(await checkpoints()).to.deep.equal([
        [name, NEXT.version, LOG_START],
        [verifySchema(name), version, LOG_START],
      ]);
    });

    it('is named where it is required and is gone', async () => {
      const failure = await requireGeneration(client, name, version).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(GenerationGoneError);
      expect(String(failure)).to.include(`the tables of ${name} are gone`);
    });
  });

  it('has come nowhere where there is none, and as far as its own checkpoint says', async () => {
    expect(await checkpointOf(client, name)).to.equal(LOG_START);
    await prepare();
    await beginNext();
    await fill(name, 12);
    await fill(rebuildSchema(name), 7);
    expect(await checkpointOf(client, name)).to.equal('12');
    expect(await checkpointOf(client, rebuildSchema(name))).to.equal('7');
  });

  it('is filled in a schema of its own for a rebuild and for a comparison, and nothing stays of one that is dropped', async () => {
    await prepare();
    await beginNext();
    await beginGeneration(client, verifySchema(name), projection, readModel);
    expect(await schemas()).to.deep.equal(['numbers', 'numbers_rebuild', 'numbers_verify']);
    await dropGeneration(client, verifySchema(name));
    expect(await schemas()).to.deep.equal(['numbers', 'numbers_rebuild']);
    expect((await checkpoints()).map(([schema]) => schema)).to.deep.equal(['numbers', 'numbers_rebuild']);
  });

  describe('that is switched to', () => {
    /** Makes two generations: the one in use holds 1, and the next one holds 2. */
    const beside = async (position: number, next: number) => {
      await prepare();
      await beginNext();
      await put(1);
      await put(2, rebuildSchema(name));
      await fill(name, position);
      await fill(rebuildSchema(name), next);
    };

    for (const [position, next] of [
      [9, 9],
      [9, 10], // compared as texts, 10 would be before 9
      [0, 0],
    ] as const)
      it(`takes the place of the one in use: ${next} beside ${position}`, async () => {
        await beside(position, next);
        expect(await switchGeneration(client, name)).to.equal(true);
        expect(await numbers()).to.deep.equal([{ n: 2 }]);
        expect(await checkpoints()).to.deep.equal([[name, NEXT.version, String(next)]]);
        expect(await schemas()).to.deep.equal([name]);
      });

    it('is refused while the one in use is further, by one event alone', async () => {
      await beside(10, 9);
      expect(await switchGeneration(client, name)).to.equal(false);
      expect(await numbers()).to.deep.equal([{ n: 1 }]);
      expect(await checkpoints()).to.deep.equal([
        [name, version, '10'],
        [rebuildSchema(name), NEXT.version, '9'],
      ]);
    });

    it('is refused where there is none to switch to', async () => {
      await prepare();
      await put(1);
      expect(await switchGeneration(client, name)).to.equal(false);
      expect(await numbers()).to.deep.equal([{ n: 1 }]);
    });

    it('takes the place of none', async () => {
      await beginNext();
      expect(await switchGeneration(client, name)).to.equal(true);
      expect(await checkpoints()).to.deep.equal([[name, NEXT.version, LOG_START]]);
    });

    it('says what is wrong where the switch fails, and leaves both', async () => {
      await beside(1, 1);
      await client.query(`alter schema ${rebuildSchema(name)} rename to elsewhere`);
      const failure = await switchGeneration(client, name).catch((error: unknown) => error);
      expect(String(failure)).to.include(`schema "${rebuildSchema(name)}" does not exist`);
      expect(await numbers()).to.deep.equal([{ n: 1 }]);
      expect(await checkpoints()).to.have.length(2);
    });
  });
});
