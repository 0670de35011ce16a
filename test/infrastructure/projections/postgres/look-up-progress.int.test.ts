import { expect } from 'chai';
import { lookUpProgress } from '../../../../src/infrastructure/projections/postgres/look-up-progress.js';
import type { LookUpProgress } from '../../../../src/application/projections/announced-progress.js';
import { positionOf } from '../../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';

const INSERT = `
  insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
  values ($1::integer, 'test-1', $1::integer, gen_random_uuid(), $2, 1, '', '')`;

// One look-up stands for all who wait for a projection: it has to say how far that has come, not only whether it is there.
describe('How far a projection has come, as the database has it', () => {
  let database: TestDatabase;
  let lookUp: LookUpProgress;

  before(async () => {
    database = await testDatabase();
    const projector = { on: { ThingHappened: () => undefined } };
    lookUp = lookUpProgress(database.pool, [{ name: 'things', projectors: [projector as never] }]);
  });
  after(() => database.drop());

  it('is up to the first event that it has yet to take, and never beyond the log or what was asked', async () => {
    const { pool } = database;
    expect(await lookUp('things', positionOf(5)), 'no checkpoint').to.equal(null);
    await pool.query(`insert into projections.checkpoints (name, version, position) values ('things', 1, 0)`);
    expect(await lookUp('things', positionOf(5)), 'an empty log').to.equal('0');
    for (const [position, type] of [
      [1, 'ThingHappened'],
      [2, 'OtherHappened'],
      [3, 'OtherHappened'],
      [4, 'ThingHappened'],
    ])
      await pool.query(INSERT, [position, type]);
    expect(await lookUp('things', positionOf(3)), 'before the first event').to.equal('0');
    await pool.query(`update projections.checkpoints set position = 1`);
    expect(await lookUp('things', positionOf(2)), 'between').to.equal('2');
    expect(await lookUp('things', positionOf(9)), 'before the second').to.equal('3');
    await pool.query(`update projections.checkpoints set position = 4`);
    expect(await lookUp('things', positionOf(9)), 'all of it').to.equal('4');
  });
});
