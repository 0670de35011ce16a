import { expect } from 'chai';
import { launchApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const LONG_MS = 180_000;
const ROLE = 'few_connections';
const SECRETS = {
  JWT_SECRET: 'the secret of a server without a connection',
  MASTER_KEY: 'the master key of a server without a connection',
};

/** Answers the same database for a role that is no superuser: one has as many connections as it likes. */
const urlFor = ({ url }: TestDatabase): string => {
  const own = new URL(url);
  [own.username, own.password] = [ROLE, ROLE];
  return own.href;
};

// It ended at once, as if the database were not there.
describe('A server that is started while all connections of its database are taken', function () {
  this.timeout(LONG_MS);
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
    await database.pool.query(`create role ${ROLE} login password '${ROLE}' connection limit 0`);
    await database.pool.query(`grant "${new URL(database.url).username}" to ${ROLE}`);
  });
  after(async () => {
    const cleaning = await testDatabase();
    await database.drop();
    await cleaning.pool.query(`drop role ${ROLE}`);
    await cleaning.drop();
  });

  it('says that it waits, and starts once there are some', async () => {
    const { child, output, ended, place } = await launchApp({ env: { DATABASE_URL: urlFor(database), ...SECRETS } });
    const said = (text: string) =>
      eventually(
        async () => ({ has: output().includes(text), code: child.exitCode }),
        ({ has, code }) => has || code !== null,
      );
    expect((await said('all connections of the database are taken')).code, output()).to.equal(null);
    await database.pool.query(`alter role ${ROLE} connection limit -1`);
    expect((await said('ChatApp is ready')).code, output()).to.equal(null);
    child.kill('SIGTERM');
    await ended;
    await place.release();
    expect(child.exitCode).to.equal(0);
  });
});
