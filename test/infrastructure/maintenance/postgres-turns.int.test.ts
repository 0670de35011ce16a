import { expect } from 'chai';
import type { MaintenanceTurns } from '../../../src/application/ports/maintenance-turns.js';
import { maintenanceTurnsIn } from '../../../src/infrastructure/maintenance/postgres-turns.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const END_SESSION = `
  select pg_terminate_backend(pid) from pg_stat_activity
   where application_name = 'chatapp maintenance' and datname = current_database()`;

describe('the turn to maintain a projection', () => {
  let database: TestDatabase;
  let one: MaintenanceTurns;
  let other: MaintenanceTurns;
  before(async () => {
    database = await testDatabase();
    [one, other] = [maintenanceTurnsIn(database.pool), maintenanceTurnsIn(database.pool)];
  });
  after(() => database.drop());

  const sessions = async () =>
    (
      await database.pool.query(
        `select from pg_stat_activity where application_name = 'chatapp maintenance' and datname = current_database()`,
      )
    ).rowCount;

  // Hashes may be below zero, and PostgreSQL shows them as two halves without a sign.
  for (const projection of ['messages', 'users', 'media', 'search', 'audit_index', 'mail'])
    it(`is one node’s at a time: ${projection}`, async () => {
      expect(await other.isTaken(projection)).to.equal(false);
      const turn = await one.take(projection);
      expect(await other.isTaken(projection)).to.equal(true);
      expect(await other.take(projection)).to.equal(undefined);
      await turn?.release();
      expect(await other.isTaken(projection)).to.equal(false);
      await (await other.take(projection))?.release();
    });

  it('is another one for each projection', async () => {
    const [messages, users] = [await one.take('messages'), await other.take('users')];
    expect(await one.isTaken('media')).to.equal(false);
    await messages?.release();
    expect(await one.isTaken('users')).to.equal(true);
    await users?.release();
  });

  it('is told to be lost when its connection ends, and another node takes it', async () => {
    const turn = await one.take('messages');
    const lost = new Promise((resolve) => turn?.lost.addEventListener('abort', resolve));
    await database.pool.query(END_SESSION);
    await lost;
    await (await other.take('messages'))?.release();
    await turn?.release();
  });

  it('leaves no connection behind', async () => {
    await eventually(sessions, (count) => count === 0);
  });
});
