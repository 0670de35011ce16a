import { expect } from 'chai';
import { DatabaseOverloadedError } from '../../../src/application/ports/database-overloaded.js';
import { createLogger } from '../../../src/infrastructure/observability/logger.js';
import { ReleaseStack } from '../../../src/infrastructure/release-stack.js';
import { openPool } from '../../../src/infrastructure/stores/open-pool.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const POOL_SIZE = 20;

describe('The connections of a server', () => {
  let database: TestDatabase;
  before(async () => (database = await testDatabase()));
  after(() => database.drop());

  // A server that started on a busy machine ended where its own read models had all connections for two seconds.
  it('are waited for while it starts, which is said once, and refused later', async () => {
    const said: string[] = [];
    const write = (line: string) => void said.push((JSON.parse(line) as { msg: string }).msg);
    const log = createLogger({ level: 'warn', destination: { write } });
    const releases = new ReleaseStack((_, error) => expect.fail(String(error)));
    let isStarting = true;
    const pool = openPool(database.url, { log, releases, isStarting: () => isStarting });
    const takeAll = () => Promise.all(Array.from({ length: POOL_SIZE }, () => pool.connect()));
    const taken = await takeAll();
    const waiting = [1, 2].map((n) => pool.query('select $1::integer as n', [n]));
    await eventually(
      async () => said.length,
      (times) => times > 0,
    );
    for (const client of taken) client.release();
    const answers = await Promise.all(waiting);
    expect(answers.map(({ rows }) => rows as unknown)).to.deep.equal([[{ n: 1 }], [{ n: 2 }]]);
    expect(said).to.deep.equal(['all connections to the database are taken, the start waits for one']);
    isStarting = false;
    const again = await takeAll();
    expect(await pool.query('select 1').catch((error: unknown) => error)).to.be.instanceOf(DatabaseOverloadedError);
    for (const client of again) client.release();
    await releases.releaseAll();
  });
});
