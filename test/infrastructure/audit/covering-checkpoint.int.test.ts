import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type pg from 'pg';
import { coveringCheckpoint } from '../../../src/application/audit/covering-checkpoint.js';
import { ProofPendingError } from '../../../src/application/audit/proof-pending.js';
import type { LogTree } from '../../../src/application/ports/tree-store.js';
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

  const open = async (tree = createLogTree(pool)) => {
    const masterKeys = await testMasterKeys();
    const checkpoints = await openCheckpoints({ pool, masterKeys, origin: undefined, host: 'chat.example.org' });
    let passed = 0;
    return coveringCheckpoint({
      ...{ checkpoints, tree, sha256 },
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

  it('is found of an event that the tree takes in just after it was looked for', async () => {
    await growTreeOf(pool, 5);
    const tree = createLogTree(pool);
    let asked = 0;
    const growing: LogTree = {
      ...tree,
      indexOf: async (position) => {
        const index = await tree.indexOf(position);
        if (++asked === 2) await growTreeOf(pool, 4);
        return index;
      },
    };
    const { findLeaf } = await open(growing);
    expect(await findLeaf(positionOf(9))).to.equal(8);
    expect(asked).to.equal(3);
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
