import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type pg from 'pg';
import { coveringCheckpoint } from '../../../src/application/audit/covering-checkpoint.js';
import { ProofPendingError } from '../../../src/application/audit/proof-pending.js';
import { openCheckpoints } from '../../../src/infrastructure/audit/postgres-checkpoints.js';
import { createLogTree, haltTree, resumeTree } from '../../../src/infrastructure/audit/postgres-log-tree.js';
import { sha256 } from '../../../src/infrastructure/audit/sha256.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { failureOf } from '../../contracts/projection-steps.js';
import { positionOf } from '../../support/ids.js';
import { testMasterKeys } from '../../support/master-keys.js';
import { growTreeOf } from '../../support/numbered-tree.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const CONNECTIONS = 4;

describe('The signed head that covers an event', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeEach(async () => {
    database = await testDatabase();
    pool = createPool({ url: database.url, max: CONNECTIONS, name: 'few', onIdleError: () => undefined });
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  const open = async () => {
    const masterKeys = await testMasterKeys();
    const checkpoints = await openCheckpoints({ pool, masterKeys, origin: undefined, host: 'chat.example.org' });
    let passed = 0;
    return coveringCheckpoint({
      ...{ checkpoints, tree: createLogTree(pool), sha256 },
      events: { head: async () => positionOf(9) },
      now: () => Date.now() + passed,
      pause: async (milliseconds) => {
        passed += milliseconds;
        await nextTurn();
      },
    });
  };

  // Each of those who asked waited for the lock with a connection of its own, and whoever had the lock needed another one.
  it('is signed for all who ask at once, with fewer connections than they are', async () => {
    await growTreeOf(pool, 9);
    const { covering } = await open();
    const sizes = await Promise.all(Array.from({ length: 5 * CONNECTIONS }, async () => (await covering(8)).size));
    expect(new Set(sizes)).to.deep.equal(new Set([9]));
  });

  it('is said to be pending where the tree does not come so far in time', async () => {
    await growTreeOf(pool, 5);
    const { covering, findLeaf } = await open();
    expect(await failureOf(findLeaf(positionOf(9)))).to.be.instanceOf(ProofPendingError);
    expect(await failureOf(covering(8))).to.be.instanceOf(ProofPendingError);
    expect((await covering(4)).size).to.equal(5);
  });

  it('is said to be pending while the tree is halted, and nothing is signed', async () => {
    await growTreeOf(pool, 9);
    const { covering } = await open();
    await haltTree(pool, 'a test');
    expect(await failureOf(covering(8))).to.be.instanceOf(ProofPendingError);
    expect((await pool.query('select from audit.checkpoints')).rowCount).to.equal(0);
    await resumeTree(pool);
    expect((await covering(8)).size).to.equal(9);
  });
});
