import { expect } from 'chai';
import { largePersonalTables } from '../../../src/infrastructure/security/personal-tables.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

// A comparison that was killed left its tables: the purge did not know them, and reported the erased users as cleared.
describe('The tables that hold what is personal', () => {
  let database: TestDatabase;
  before(async () => (database = await testDatabase()));
  after(() => database.drop());

  it('are those in use, and those that a rebuild or a comparison fills', async () => {
    for (const schema of ['messages', 'messages_rebuild', 'messages_verify', 'messages_other'])
      await database.pool.query(`create schema ${schema}; create table ${schema}.messages (text text);
        create table ${schema}.reads (seq integer); insert into ${schema}.messages values ('hello')`);
    expect(await largePersonalTables(database.pool, 0)).to.deep.equal([
      'messages.messages',
      'messages_rebuild.messages',
      'messages_verify.messages',
      'pg_catalog.pg_statistic',
    ]);
  });
});
