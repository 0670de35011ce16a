import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { examine } from '../../../src/infrastructure/doctor/examine.js';
import { ada } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const secret = () => randomBytes(32).toString('base64');

/** The advice said that keys are removed within a minute, also where they were not. */
describe('What doctor says of erased users who are still in files', () => {
  let database: TestDatabase;
  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  const secrets = { JWT_SECRET: secret(), MASTER_KEY: secret() };
  const erasures = async () =>
    (await examine({ DATABASE_URL: database.url, ...secrets })).find(({ check }) => check === 'erasures');

  it('is how many there are, and until when tables are left alone', async () => {
    expect(await erasures()).to.include({ status: 'ok', detail: 'no user has been erased' });
    await database.pool.query('insert into security.person_keys (user_id, destroyed_at) values ($1, now())', [ada]);
    await database.pool.query(`update security.erasures set purge_after = '2999-01-01T00:00:00Z'`);
    const found = (await erasures())!;
    expect(found.status).to.equal('warning');
    expect(found.detail).to.match(/\. Of 1 of these users, the key or what a read model held is still in the files/);
    expect(found.advice).to.match(/^a running server removes it within a minute after 2999-01-01 00:00:00 UTC, once/);
    await database.pool.query('update security.erasures set purge_after = null');
    expect((await erasures())!.advice).to.match(/^a running server removes it within a minute, once/);
  });
});
