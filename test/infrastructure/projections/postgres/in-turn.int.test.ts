import { expect } from 'chai';
import type pg from 'pg';
import { atOnce, inTurn } from '../../../../src/infrastructure/projections/postgres/in-turn.js';
import { heldLocks } from '../../../support/advisory-locks.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';

const NEVER = new AbortController().signal;

describe('The turn to fill a projection anew', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  const ways = {
    'waited for': (work: (client: pg.PoolClient) => Promise<unknown>) => inTurn(database.pool, 'numbers', NEVER, work),
    'taken at once': (work: (client: pg.PoolClient) => Promise<unknown>) => atOnce(database.pool, 'numbers', work),
  };
  for (const [how, take] of Object.entries(ways)) {
    it(`is given back once the work is done, where it was ${how}`, async () => {
      expect(await take(() => heldLocks(database.pool))).to.equal(1);
      expect(await heldLocks(database.pool)).to.equal(0);
    });

    // PostgreSQL ends a session some time after its connection: whoever came next was told that a rebuild is under way.
    it(`is given back where the work has failed, before its session ends, where it was ${how}`, async () => {
      let endSession: () => Promise<void> = () => Promise.resolve();
      const failing = take((client) => {
        endSession = client.end.bind(client);
        client.end = () => Promise.resolve();
        throw new Error('it cannot be filled');
      });
      const failure = await failing.catch((error: unknown) => error);
      expect([String(failure), await heldLocks(database.pool)]).to.deep.equal(['Error: it cannot be filled', 0]);
      await endSession();
    });
  }
});
